curl --data-binary @docs/seven.png -H "Content-Type: image/png" http://localhost:8080/
