"""A `kaleido` package without a browser, put on the reference program's path by the tests.

The real one draws a Plotly figure's thumbnail with Google Chrome, and without Chrome the reference program loses
the results of the whole run. This one returns a plain picture of the size Plotly uses by default.
"""

import io

from PIL import Image


def calc_fig_sync(_figure, *_args, **_options):
    picture = io.BytesIO()
    Image.new("RGB", (700, 500), (10, 120, 200)).save(picture, format="PNG")
    return picture.getvalue()
