"""The benchmarks behind `bin/bench`: this server beside the limits of the machine it runs on.

`measures` are the rows of the budget, one module a kind; `limits` and `bare` are what the machine
gives at best, measured in the same run. `server` starts what is measured, `client` is the load
(`wire` its bytes), `process` reads the kernel's figures, `report` prints. No part of the product.
"""
