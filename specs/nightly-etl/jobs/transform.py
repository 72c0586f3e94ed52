"""Transform: runs as a Glue job. Reads its day from the arguments, as Glue gives them."""

import sys

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
print(f"transforming the orders of {arguments.get('--day', 'today')}")
