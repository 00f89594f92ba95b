curl -F file=@docs/seven.png http://localhost:8080/
