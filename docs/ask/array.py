import numpy as np
import requests
from PIL import Image

array = np.asarray(Image.open("docs/seven.png").convert("L")) / 255
response = requests.post("http://localhost:8080/", json={"pixels": array.tolist()})
print(response.json()["digit"])
