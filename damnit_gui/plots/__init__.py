"""The plot pane and what is drawn in it. The only package that uses pyqtgraph.

What is drawn is decided without Qt: `spec`, `data`, `columns`, `ticks` and `kinds` for plots of the table,
`results.arrays` for full results. The widgets only draw it.
"""
