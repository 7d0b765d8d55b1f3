"""The report that people pass around: a run of checks as a page, a summary, and the files that programs read.

One module an idea; what is found and what is fixed is decided long before this package is asked.
"""
