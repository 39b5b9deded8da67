"""Small charts in SVG: records say what is drawn (`records.py`), `draw` turns any of them into markup.

Colours come from the page's CSS variables, so one drawing serves the light, the dark and the printed page.
"""
