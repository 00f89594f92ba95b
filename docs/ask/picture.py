import requests

with open("docs/seven.png", "rb") as picture:
    response = requests.post("http://localhost:8080/", files={"file": picture})
answer = response.json()
print(answer["digit"] if answer["identified"] else "could not be identified")
