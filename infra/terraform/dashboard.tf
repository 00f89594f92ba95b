locals {
  tiles = concat(
    [
      {
        title  = "Answers a second, by status"
        filter = "${local.function_resource} AND ${local.requests_metric}"
        align  = "ALIGN_RATE", reduce = "REDUCE_SUM", by = ["metric.labels.response_code_class"]
      },
      {
        title  = "Latency, p95 (ms)"
        filter = "${local.function_resource} AND ${local.latency_metric}"
        align  = "ALIGN_DELTA", reduce = "REDUCE_PERCENTILE_95", by = []
      },
      {
        title  = "Instances"
        filter = "${local.function_resource} AND metric.type = \"run.googleapis.com/container/instance_count\""
        align  = "ALIGN_MAX", reduce = "REDUCE_SUM", by = ["metric.labels.state"]
      },
      {
        title  = "Memory in use, p99 of an instance's limit"
        filter = "${local.function_resource} AND metric.type = \"run.googleapis.com/container/memory/utilizations\""
        align  = "ALIGN_DELTA", reduce = "REDUCE_PERCENTILE_99", by = []
      },
      {
        title  = "Predictions a second, by whether they were recorded"
        filter = "${local.function_resource} AND ${local.predictions_metric}"
        align  = "ALIGN_RATE", reduce = "REDUCE_SUM", by = ["metric.labels.recorded"]
      },
      {
        title  = "Predictions a second, by whether the digit was identified"
        filter = "${local.function_resource} AND ${local.predictions_metric}"
        align  = "ALIGN_RATE", reduce = "REDUCE_SUM", by = ["metric.labels.identified"]
      },
      {
        title  = "Jobs' executions, by result"
        filter = "${local.job_resource} AND metric.type = \"run.googleapis.com/job/completed_execution_count\""
        align  = "ALIGN_SUM", reduce = "REDUCE_SUM", by = ["resource.labels.job_name", "metric.labels.result"]
      },
    ],
    [
      for name, metric in google_logging_metric.noted : {
        title  = { outbox_age = "Oldest result in the outbox (s)", drift = "Drift: share of results that lie elsewhere" }[name]
        filter = "resource.type = \"cloud_run_job\" AND metric.type = \"logging.googleapis.com/user/${metric.name}\""
        align  = "ALIGN_DELTA", reduce = "REDUCE_PERCENTILE_99", by = []
      }
    ],
  )
}

resource "google_monitoring_dashboard" "digits" {
  dashboard_json = jsonencode({
    displayName = var.name
    mosaicLayout = {
      columns = 12
      # The API drops zeros and empty lists, and what it drops would differ in every plan:
      # https://github.com/hashicorp/terraform-provider-google/issues/24650
      tiles = [
        for number, tile in local.tiles : merge(
          {
            width  = 6
            height = 4
            widget = {
              title = tile.title
              xyChart = {
                dataSets = [{
                  plotType = "LINE"
                  timeSeriesQuery = {
                    timeSeriesFilter = {
                      filter = tile.filter
                      aggregation = merge(
                        {
                          alignmentPeriod    = "60s"
                          perSeriesAligner   = tile.align
                          crossSeriesReducer = tile.reduce
                        },
                        length(tile.by) > 0 ? { groupByFields = tile.by } : {},
                      )
                    }
                  }
                }]
              }
            }
          },
          number % 2 > 0 ? { xPos = 6 * (number % 2) } : {},
          number > 1 ? { yPos = 4 * floor(number / 2) } : {},
        )
      ]
    }
  })

  depends_on = [terraform_data.ready]
}
