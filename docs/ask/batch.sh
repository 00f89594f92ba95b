curl -d '{"instances": [{"image": {"b64": "'$(base64 < docs/seven.png | tr -d '\n')'"}}]}' http://localhost:8080/v1/models/digits:predict
