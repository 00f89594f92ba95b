# The alerts, made of the shares and numbers in monitoring.tf.
locals {
  # One aggregated time series each; a condition is what the alerting of Cloud Monitoring is billed by.
  summed = { align = "ALIGN_SUM", reduce = "REDUCE_SUM", by = null, all = null, duration = "0s" }

  alerts = merge(
    {
      for name, each in local.shares : name => {
        title  = each.title
        advice = each.advice
        conditions = [
          merge(local.summed, { title = each.title, filter = each.some, all = each.all, above = each.above, window = each.window }),
          merge(local.summed, { title = "More than ${each.least} of them", filter = each.some, above = each.least, window = each.window }),
        ]
      }
    },
    {
      for name, each in local.noted : name => {
        title  = each.title
        advice = each.advice
        conditions = [merge(local.summed, {
          title  = each.title
          filter = "resource.type = \"cloud_run_job\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.noted[name].name}\""
          align  = "ALIGN_DELTA"
          reduce = "REDUCE_PERCENTILE_99"
          above  = each.above
          window = each.window
        })]
      }
    },
    {
      latency = {
        title  = "Latency: p95 above 1 s for 10 minutes"
        advice = "A warm answer takes milliseconds: look at /health for the set-up seconds (many cold starts: raise min_instances) and at the store's state."
        conditions = [merge(local.summed, {
          title    = "p95 above 1 s for 10 minutes"
          filter   = "${local.function_resource} AND ${local.latency_metric}"
          align    = "ALIGN_DELTA"
          reduce   = "REDUCE_PERCENTILE_95"
          above    = 1000
          window   = "60s"
          duration = "600s"
        })]
      }
      jobs = {
        title  = "A job failed"
        advice = "Look at the job's last execution; running it again is safe. A trainer that found no better model fails with that line."
        conditions = [merge(local.summed, {
          title  = "An execution of a job failed"
          filter = "${local.job_resource} AND metric.type = \"run.googleapis.com/job/completed_execution_count\" AND metric.labels.result = \"failed\""
          by     = ["resource.labels.job_name"]
          above  = 0
          window = "600s"
        })]
      }
    },
  )
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = { for name, each in local.alerts : name => each if var.alerts }

  display_name          = "${var.name}: ${each.value.title}"
  combiner              = length(each.value.conditions) > 1 ? "AND" : "OR"
  notification_channels = local.channels

  dynamic "conditions" {
    for_each = each.value.conditions
    content {
      display_name = conditions.value.title
      condition_threshold {
        filter             = conditions.value.filter
        denominator_filter = conditions.value.all
        comparison         = "COMPARISON_GT"
        threshold_value    = conditions.value.above
        duration           = conditions.value.duration

        aggregations {
          alignment_period     = conditions.value.window
          per_series_aligner   = conditions.value.align
          cross_series_reducer = conditions.value.reduce
          group_by_fields      = conditions.value.by
        }
        dynamic "denominator_aggregations" {
          for_each = conditions.value.all == null ? [] : [conditions.value]
          content {
            alignment_period     = denominator_aggregations.value.window
            per_series_aligner   = denominator_aggregations.value.align
            cross_series_reducer = denominator_aggregations.value.reduce
          }
        }
      }
    }
  }

  documentation {
    content   = each.value.advice
    mime_type = "text/markdown"
  }

  # A metric from the logs can be alerted on once it has spread, for which the API allows itself ten
  # minutes (infra/README.md has its error): the function's build takes some of them.
  depends_on = [google_cloudfunctions2_function.digits]
}
