"""The benchmarks behind `bin/bench`: this server beside the limits of the machine it runs on.

`measures` are the rows of the budget, one module a kind. `bare` is the least server of the same
shape, which `twin` starts beside ours; `limits` and `fan` are what the machine gives at best. All
is measured in one run. `server` starts what is measured, `client` is the load (`wire` its bytes),
`process` reads the kernel's figures, `report` prints. No part of the product.
"""
