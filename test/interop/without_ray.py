"""Runs examples/predict-many without Ray, which is 200 MB: its steps in this process, one after the other.

    python without_ray.py MODEL SOURCE TARGET
"""

import pathlib
import runpy
import sys
import types


class Steps:
    def __init__(self, items):
        self.items = items

    def map_batches(self, make, *, fn_constructor_args, batch_size, compute):
        work = make(*fn_constructor_args)
        for item in self.items:
            work({"item": [item]})
        return self

    def iter_batches(self, *, batch_size):
        return iter([{"item": self.items}])


data = types.SimpleNamespace(
    from_items=lambda items, *, override_num_blocks: Steps(items),
    ActorPoolStrategy=lambda *, size: size,
)
sys.modules["ray"] = types.SimpleNamespace(data=data)
example = pathlib.Path(__file__).parents[2] / "examples" / "predict-many" / "predict_many.py"
sys.argv = [str(example), *sys.argv[1:]]
runpy.run_path(str(example), run_name="__main__")
