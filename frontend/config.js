/** The function's address: the one line that a deployment changes. */
export const FUNCTION = "http://localhost:8080"
