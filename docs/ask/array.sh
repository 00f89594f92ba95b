curl -d @docs/seven.json http://localhost:8080/
