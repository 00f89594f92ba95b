locals {
  # What people labelled, less what the release model finds doubtful.
  feedback = local.with_results ? "--with-feedback --judge /app/release" : ""
}

# The trainer's job: there once `make image` has built its image. Trains and publishes; the running
# function takes the model up by itself.
resource "google_cloud_run_v2_job" "trainer" {
  count = local.with_trainer ? 1 : 0

  name                = "${var.name}-trainer"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.trainer[0].email
      timeout         = "21600s"
      max_retries     = 0

      containers {
        image   = var.trainer_image
        command = ["sh", "-ec", "python -m trainer train --dataset mnist ${local.feedback} && python -m trainer publish"]

        resources {
          limits = { cpu = "8", memory = "8Gi" }
        }

        dynamic "env" {
          for_each = local.environment
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

        dynamic "volume_mounts" {
          for_each = local.results_files
          content {
            name       = "store"
            mount_path = volume_mounts.value.folder
          }
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
    google_storage_bucket_iam_member.trainer_models,
    google_secret_manager_secret_iam_member.trainer,
  ]
}

resource "google_cloud_scheduler_job" "trainer" {
  count = local.with_trainer && var.trainer_schedule != "" ? 1 : 0

  name        = "${var.name}-trainer"
  region      = var.region
  description = "Trains and publishes"
  schedule    = var.trainer_schedule
  time_zone   = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.trainer[0].id}:run"
    oauth_token {
      service_account_email = google_service_account.schedule[0].email
    }
  }
}

resource "google_cloud_run_v2_job_iam_member" "schedule_trainer" {
  count = local.with_trainer && var.trainer_schedule != "" ? 1 : 0

  location = var.region
  name     = google_cloud_run_v2_job.trainer[0].name
  role     = "roles/run.invoker"
  member   = google_service_account.schedule[0].member
}

resource "google_service_account" "trainer" {
  count = local.with_trainer ? 1 : 0

  account_id   = "${var.name}-trainer"
  display_name = "The trainer: writes models, reads feedback"

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "trainer_models" {
  count = local.with_trainer ? 1 : 0

  bucket = google_storage_bucket.models.name
  role   = "roles/storage.objectUser"
  member = google_service_account.trainer[0].member

  condition {
    title      = "models only"
    expression = local.models_condition
  }
}

resource "google_secret_manager_secret_iam_member" "trainer" {
  for_each = { for name, secret in local.results_secrets : name => secret if local.with_trainer }

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.trainer[0].member
}
