# Migrations and replay run the very archive that the function is built from, on the plain Python
# image: no image of their own has to be built before the first apply.
locals {
  job_image   = "docker.io/library/python:3.13-slim"
  job_source  = "/source"
  job_command = ["sh", "-ec", file("${path.module}/job.sh"), "job"]

  job_environment = merge(local.environment, {
    SOURCE_ARCHIVE = "${local.job_source}/${google_storage_bucket_object.function.name}"
  })

  # Changed code or another store: the migrations run again.
  migrate_token = substr(sha256(jsonencode([local.function_digest, var.results, var.cassandra])), 0, 16)

  migrate_password = local.with_astra ? [{
    secret  = google_secret_manager_secret.astra_migrate_token[0].secret_id
    version = google_secret_manager_secret_version.astra_migrate_token[0].version
  }] : local.results_password

  migrate_secrets = merge(local.results_secrets, local.with_astra ? {
    password = google_secret_manager_secret.astra_migrate_token[0].id
  } : {})
}

# Its apply returns when the execution has succeeded, and the function waits for it.
resource "google_cloud_run_v2_job" "migrate" {
  count = local.with_results ? 1 : 0

  name                = "${var.name}-migrate"
  location            = var.region
  deletion_protection = false
  run_execution_token = local.migrate_token

  template {
    template {
      service_account = google_service_account.migrate[0].email
      timeout         = "600s"
      max_retries     = 3

      containers {
        image   = local.job_image
        command = local.job_command
        args    = ["digitreader.results", "migrate"]

        resources {
          limits = { cpu = "1", memory = "1Gi" }
        }

        dynamic "env" {
          for_each = local.job_environment
          content {
            name  = env.key
            value = env.value
          }
        }

        dynamic "env" {
          for_each = local.migrate_password
          content {
            name = "CASSANDRA_PASSWORD"
            value_source {
              secret_key_ref {
                secret  = env.value.secret
                version = env.value.version
              }
            }
          }
        }

        volume_mounts {
          name       = "source"
          mount_path = local.job_source
        }

        dynamic "volume_mounts" {
          for_each = local.results_files
          content {
            name       = "store"
            mount_path = volume_mounts.value.folder
          }
        }
      }

      volumes {
        name = "source"
        gcs {
          bucket    = google_storage_bucket.source.name
          read_only = true
        }
      }

      dynamic "volumes" {
        for_each = local.results_files
        content {
          name = "store"
          secret {
            secret = volumes.value.secret
            items {
              path    = volumes.value.file
              version = "latest"
            }
          }
        }
      }
    }
  }

  depends_on = [
    terraform_data.astra_bundle,
    google_storage_bucket_iam_member.migrate_source,
    google_secret_manager_secret_iam_member.migrate,
  ]
}

# Writes what waits in the outbox to the store.
resource "google_cloud_run_v2_job" "replay" {
  count = local.with_results ? 1 : 0

  name                = "${var.name}-replay"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.replay[0].email
      timeout         = "1500s"
      max_retries     = 1

      containers {
        image   = local.job_image
        command = local.job_command
        args    = ["digitreader.results", "replay"]

        resources {
          limits = { cpu = "1", memory = "1Gi" }
        }

        dynamic "env" {
          for_each = local.job_environment
          content {
            name  = env.key
            value = env.value
          }
        }

        dynamic "env" {
          for_each = local.results_password
          content {
            name = "CASSANDRA_PASSWORD"
            value_source {
              secret_key_ref {
                secret  = env.value.secret
                version = env.value.version
              }
            }
          }
        }

        volume_mounts {
          name       = "source"
          mount_path = local.job_source
        }

        dynamic "volume_mounts" {
          for_each = local.results_files
          content {
            name       = "store"
            mount_path = volume_mounts.value.folder
          }
        }
      }

      volumes {
        name = "source"
        gcs {
          bucket    = google_storage_bucket.source.name
          read_only = true
        }
      }

      dynamic "volumes" {
        for_each = local.results_files
        content {
          name = "store"
          secret {
            secret = volumes.value.secret
            items {
              path    = volumes.value.file
              version = "latest"
            }
          }
        }
      }
    }
  }

  depends_on = [
    google_cloud_run_v2_job.migrate,
    google_storage_bucket_iam_member.replay_source,
    google_storage_bucket_iam_member.replay_outbox,
    google_secret_manager_secret_iam_member.replay,
  ]
}

resource "google_cloud_scheduler_job" "replay" {
  count = local.with_results ? 1 : 0

  name        = "${var.name}-replay"
  region      = var.region
  description = "Writes waiting results to the store"
  schedule    = var.replay_schedule
  time_zone   = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.replay[0].id}:run"
    oauth_token {
      service_account_email = google_service_account.schedule[0].email
    }
  }
}

# --- who the jobs are ---

resource "google_service_account" "migrate" {
  count = local.with_results ? 1 : 0

  account_id   = "${var.name}-migrate"
  display_name = "The migrations' job: creates and alters tables"

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "migrate_source" {
  count = local.with_results ? 1 : 0

  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.migrate[0].member
}

resource "google_secret_manager_secret_iam_member" "migrate" {
  for_each = local.migrate_secrets

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.migrate[0].member
}

resource "google_service_account" "replay" {
  count = local.with_results ? 1 : 0

  account_id   = "${var.name}-replay"
  display_name = "The replay's job: moves results from the outbox to the store"

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "replay_source" {
  count = local.with_results ? 1 : 0

  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.replay[0].member
}

resource "google_storage_bucket_iam_member" "replay_outbox" {
  count = local.with_results ? 1 : 0

  bucket = google_storage_bucket.models.name
  role   = "roles/storage.objectUser"
  member = google_service_account.replay[0].member

  condition {
    title      = "outbox only"
    expression = local.outbox_condition
  }
}

resource "google_secret_manager_secret_iam_member" "replay" {
  for_each = local.results_secrets

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.replay[0].member
}

# Starts jobs on their schedules, and can do nothing else.
resource "google_service_account" "schedule" {
  count = local.with_schedule ? 1 : 0

  account_id   = "${var.name}-schedule"
  display_name = "The schedules: start the jobs"

  depends_on = [google_project_service.api]
}

resource "google_cloud_run_v2_job_iam_member" "schedule_replay" {
  count = local.with_results ? 1 : 0

  location = var.region
  name     = google_cloud_run_v2_job.replay[0].name
  role     = "roles/run.invoker"
  member   = google_service_account.schedule[0].member
}
