"""Small pictures of files, made by one process that may fail.

`studio` keeps that process and hands it jobs, people in turn (`turns`); `worker` is the process,
`drawing` what it does, `jobs` what they say to each other. Pictures are decoded in `drawing`
alone: the server itself never looks into one. Nothing is loaded, and no process runs, before the
first job.
"""
