import json

import numpy as np
import requests

with open("docs/seven.json") as file:
    images = np.array([json.load(file)["pixels"]]).reshape(-1, 28, 28, 1) / 255.0
data = json.dumps({"signature_name": "serving_default", "instances": images.tolist()})
response = requests.post("http://localhost:8080/v1/models/digits:predict", data=data)
predictions = response.json()["predictions"]
print(np.argmax(predictions[0]))
