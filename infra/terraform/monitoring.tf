locals {
  channels = google_monitoring_notification_channel.email[*].id

  function_resource = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${var.name}\""
  function_logs     = "resource.type=\"cloud_run_revision\" resource.labels.service_name=\"${var.name}\""
  job_resource      = "resource.type = \"cloud_run_job\" AND resource.labels.job_name = starts_with(\"${var.name}-\")"

  requests_metric    = "metric.type = \"run.googleapis.com/request_count\""
  latency_metric     = "metric.type = \"run.googleapis.com/request_latencies\""
  predictions_metric = "metric.type = \"logging.googleapis.com/user/${google_logging_metric.predictions.name}\""

  # A page also asks while one draws, and has that neither recorded nor judged.
  finished_metric = local.with_results ? "${local.predictions_metric} AND metric.labels.recorded = one_of(\"true\", \"queued\", \"logged\")" : local.predictions_metric

  # Shares of something in something over a window, once there are more than `least` of them: one
  # failure in nine requests is a share of 11 %, and no alarm.
  shares = merge(
    {
      errors = {
        title  = "Errors: more than 2 % of the responses are 5xx"
        some   = "${local.function_resource} AND ${local.requests_metric} AND metric.labels.response_code_class = \"5xx\""
        all    = "${local.function_resource} AND ${local.requests_metric}"
        above  = 0.02
        least  = 4
        window = "600s"
        advice = "Look for severity ERROR in the function's logs (make logs). 503 names what could not be loaded: the pointer, the artifact or the bucket. After a deployment: make rollback-function. After a new model: make rollback-model."
      }
      unidentified = {
        title  = "Drift: more than 10 % of the digits could not be identified"
        some   = "${local.function_resource} AND ${local.finished_metric} AND metric.labels.identified = \"false\""
        all    = "${local.function_resource} AND ${local.finished_metric}"
        above  = 0.10
        least  = 19
        window = "86400s"
        advice = "What people draw is not what the model learned (on MNIST's test set under 1 % stay unidentified). `python -m trainer drift` compares the last results with the model's reference; train with what people labelled (make train)."
      }
    },
    local.with_results ? {
      unrecorded = {
        title  = "Results: more than 1 % were queued or logged instead of stored"
        some   = "${local.function_resource} AND ${local.predictions_metric} AND metric.labels.recorded = one_of(\"queued\", \"logged\")"
        all    = "${local.function_resource} AND ${local.finished_metric}"
        above  = 0.01
        least  = 4
        window = "600s"
        advice = "The results store does not answer in time; predictions go on and nothing is lost. Queued results are written by the replay's job, logged ones by replaying the log."
      }
    } : {},
  )

  # Numbers that jobs log, and what of them is too much.
  noted = { for name, each in {
    outbox_age = {
      job         = "replay"
      field       = "oldest_seconds"
      description = "Age of the oldest result that waited in the outbox when a replay began, in seconds"
      unit        = "s"
      bounds      = [60, 600, 1800, 3600, 7200, 21600, 86400, 604800]
      title       = "Outbox: a result waited more than 2 hours"
      above       = 7200
      window      = "3600s"
      advice      = "Replays run and do not empty the outbox, or did not run for hours: look at the executions of the job ${var.name}-replay. Results that wait longer than results_ttl_days are deleted."
    }
    drift = {
      job         = "drift"
      field       = "drift"
      description = "Share of the last results that lie elsewhere than the live model's reference, beyond chance"
      unit        = "1"
      bounds      = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5]
      title       = "Drift: more than a fifth of the results lie elsewhere than on the model's test"
      above       = 0.2
      window      = "86400s"
      advice      = "The digits read, or the confidences, are no longer those of the test set; the log of the job ${var.name}-drift says which. `python -m trainer drift` draws both; train with what people labelled (make train)."
    }
  } : name => each if contains(keys(local.jobs), each.job) }
}

resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == "" ? 0 : 1

  display_name = "${var.name}: alerts"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [terraform_data.ready]
}

# One count a prediction, from the line that the function logs for it.
resource "google_logging_metric" "predictions" {
  name        = "${var.name}/predictions"
  description = "Predictions, by whether they were recorded and whether the digit was identified"
  filter      = "${local.function_logs} jsonPayload.message=\"predicted\""

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    labels {
      key         = "recorded"
      value_type  = "STRING"
      description = "true, queued, logged or false"
    }
    labels {
      key         = "identified"
      value_type  = "STRING"
      description = "true or false"
    }
  }

  label_extractors = {
    recorded   = "EXTRACT(jsonPayload.recorded)"
    identified = "EXTRACT(jsonPayload.identified)"
  }

  depends_on = [terraform_data.ready]
}

# A number from a line that a job logs.
resource "google_logging_metric" "noted" {
  for_each = local.noted

  name            = "${var.name}/${each.key}"
  description     = each.value.description
  filter          = "resource.type=\"cloud_run_job\" resource.labels.job_name=\"${var.name}-${each.value.job}\" jsonPayload.${each.value.field}>=0"
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = each.value.unit
  }

  # The alert's threshold is one of the bounds: a percentile is read between two of them.
  bucket_options {
    explicit_buckets {
      bounds = each.value.bounds
    }
  }

  depends_on = [terraform_data.ready]
}

resource "google_billing_budget" "monthly" {
  count = var.billing_account == "" ? 0 : 1

  billing_account = var.billing_account
  display_name    = "${var.name}: ${var.monthly_budget} a month"

  budget_filter {
    projects = ["projects/${google_storage_bucket.models.project_number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  # Without a channel the budget's own recipients are told: the billing account's administrators.
  dynamic "all_updates_rule" {
    for_each = length(local.channels) > 0 ? [local.channels] : []
    content {
      monitoring_notification_channels = all_updates_rule.value
      disable_default_iam_recipients   = false
    }
  }

  depends_on = [terraform_data.ready]
}
