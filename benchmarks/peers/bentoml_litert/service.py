"""BentoML with LiteRT, after https://docs.bentoml.com/en/latest/get-started/hello-world.html.

Inputs are typed as its page on input and output types shows for arrays:
https://docs.bentoml.com/en/latest/build-with-bentoml/iotypes.html
"""

import os
import threading

import bentoml
import numpy as np
from ai_edge_litert.interpreter import Interpreter


@bentoml.service(workers=1)
class Digits:
    def __init__(self) -> None:
        self.interpreter = Interpreter(model_path=os.environ["MODEL"], num_threads=1)
        self.interpreter.allocate_tensors()
        self.source = self.interpreter.get_input_details()[0]["index"]
        self.target = self.interpreter.get_output_details()[0]["index"]
        self.count = 1
        self.lock = threading.Lock()

    @bentoml.api(route="/")
    def predict(self, pixels: np.ndarray) -> dict:
        return self.read(pixels.astype(np.float32).reshape(1, 28, 28))[0]

    @bentoml.api(route="/batch")
    def predict_batch(self, instances: np.ndarray) -> dict:
        return {"predictions": self.read(instances.astype(np.float32).reshape(-1, 28, 28))}

    def read(self, images: np.ndarray) -> list[dict]:
        with self.lock:
            if len(images) != self.count:
                self.interpreter.resize_tensor_input(self.source, images.shape)
                self.interpreter.allocate_tensors()
                self.count = len(images)
            self.interpreter.set_tensor(self.source, images)
            self.interpreter.invoke()
            rows = self.interpreter.get_tensor(self.target)
        return [{"digit": int(row.argmax()), "probabilities": row.tolist()} for row in rows]
