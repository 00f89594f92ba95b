"""FastAPI with LiteRT, after https://fastapi.tiangolo.com/tutorial/body and its page on lifespan.

A path operation written with `def` runs in a thread, as that page advises for code that blocks; an
interpreter serves one thread at a time.
"""

import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from fastapi import FastAPI
from pydantic import BaseModel


class Model:
    def __init__(self, path: str) -> None:
        self.interpreter = Interpreter(model_path=path, num_threads=1)
        self.interpreter.allocate_tensors()
        self.source = self.interpreter.get_input_details()[0]["index"]
        self.target = self.interpreter.get_output_details()[0]["index"]
        self.count = 1
        self.lock = threading.Lock()

    def predict(self, images: np.ndarray) -> np.ndarray:
        with self.lock:
            if len(images) != self.count:
                self.interpreter.resize_tensor_input(self.source, images.shape)
                self.interpreter.allocate_tensors()
                self.count = len(images)
            self.interpreter.set_tensor(self.source, images)
            self.interpreter.invoke()
            return self.interpreter.get_tensor(self.target)


models: dict[str, Model] = {}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    models["digits"] = Model(os.environ["MODEL"])
    yield
    models.clear()


app = FastAPI(lifespan=lifespan)


class Drawing(BaseModel):
    pixels: list[float]


class Drawings(BaseModel):
    instances: list[list[float]]


class Answer(BaseModel):
    digit: int
    probabilities: list[float]


class Answers(BaseModel):
    predictions: list[Answer]


def read(images: np.ndarray) -> list[Answer]:
    rows = models["digits"].predict(images)
    return [Answer(digit=int(row.argmax()), probabilities=row.tolist()) for row in rows]


@app.post("/")
def predict(drawing: Drawing) -> Answer:
    return read(np.array(drawing.pixels, np.float32).reshape(1, 28, 28))[0]


@app.post("/batch")
def predict_batch(drawings: Drawings) -> Answers:
    images = np.array(drawings.instances, np.float32).reshape(-1, 28, 28)
    return Answers(predictions=read(images))
