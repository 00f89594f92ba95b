"""The HTTP side: requests into questions, answers into responses, access and limits."""
