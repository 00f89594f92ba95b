# The platform logs each request by itself: the caller's address, and the address asked for, with the
# session in it. The function's own line has neither, and is kept. A backend bucket's logging cannot be
# switched off (https://cloud.google.com/cdn/docs/logging), so the load balancer's logs are excluded by
# their URL maps, whatever served the request.
resource "google_logging_project_exclusion" "requests" {
  count = var.request_logs ? 0 : 1

  name        = "${var.name}-requests"
  description = "Request logs of the function and of its load balancer: addresses and sessions"
  filter = join(" OR ", [
    "(${local.function_logs} log_id(\"run.googleapis.com/requests\"))",
    "(resource.type=\"http_load_balancer\" resource.labels.url_map_name=(\"${var.name}-page\" OR \"${var.name}-redirect\"))",
  ])

  depends_on = [terraform_data.ready]
}
