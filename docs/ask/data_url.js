const response = await fetch("http://localhost:8080/", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ image: canvas.toDataURL() }),
});
const { digit, identified } = await response.json();
