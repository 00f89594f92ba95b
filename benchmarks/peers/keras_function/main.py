"""The way the older systems do it: a function that loads the Keras model and asks `predict`.

After https://keras.io/guides/serialization_and_saving and the platform's advice to load what is
expensive once, at the first request: https://cloud.google.com/functions/docs/bestpractices/tips
(Loaded any earlier it never answers: TensorFlow's threads do not outlive the server's fork.)
"""

import os
import threading

import flask
import functions_framework
import keras
import numpy as np

model = None
lock = threading.Lock()


@functions_framework.http
def digits(request: flask.Request) -> flask.typing.ResponseReturnValue:
    global model
    with lock:
        if model is None:
            model = keras.models.load_model(os.environ["MODEL"], compile=False)
    sent = request.get_json()
    pixels = sent["instances"] if "instances" in sent else [sent["pixels"]]
    images = np.array(pixels, np.float32).reshape(-1, 28, 28)
    rows = model.predict(images, verbose=0)
    answers = [
        {"digit": int(row.argmax()), "probabilities": [float(each) for each in row]} for row in rows
    ]
    return {"predictions": answers} if "instances" in sent else answers[0]
