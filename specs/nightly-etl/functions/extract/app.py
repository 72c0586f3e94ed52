"""Extract: what the night's orders are. Stands for a query against a source system."""

import os


def handler(event, context):
    day = event.get("day", "today")
    orders = [{"id": n, "amount": n * 10} for n in range(1, 4)]
    print(f"extracted {len(orders)} {os.environ['SOURCE']} of {day}")
    return {"day": day, "orders": len(orders)}
