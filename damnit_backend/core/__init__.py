"""Keys, values, messages, errors and settings: plain data that every other package speaks. Imports none of them."""
