"""From a page's fences to a tutorial of steps.

`structure` holds fences to each other, `build` makes the steps of one variant in one environment; `index` tells
others, such as the site, what pages show.
"""
