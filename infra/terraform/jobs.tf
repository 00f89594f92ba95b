# The jobs: what each runs, when, and what it may reach. They differ in the few words below; the
# container is one and the same.
locals {
  job_source = "/source"

  # The one place that names it, so that Dependabot can update it.
  python_digest = regex("FROM python:[^@]+@(sha256:[0-9a-f]{64})", file("${path.module}/../function.Dockerfile"))[0]

  migration = substr(sha256(jsonencode([local.function_digest, var.results, var.cassandra])), 0, 16)

  # Migrations and replay run the very archive that the function is built from, on the plain Python
  # image: no image of their own has to be built before the first apply.
  of_archive = {
    image       = "docker.io/library/python@${local.python_digest}"
    command     = ["sh", "-ec", file("${path.module}/job.sh"), "job"]
    environment = { SOURCE_ARCHIVE = "${local.job_source}/${google_storage_bucket_object.function.name}" }
    folders     = [local.job_source]
    limits      = { cpu = "1", memory = "1Gi" }
    token       = null
    password    = local.results_password
    secrets     = local.results_secrets
  }

  # The trainer's image holds TensorFlow, and is there once `make image` has built it.
  of_trainer = merge(local.of_archive, {
    image       = var.trainer_image
    environment = {}
    folders     = []
  })

  every_job = {
    migrate = merge(local.of_archive, {
      wanted   = local.with_results
      does     = "creates and alters tables"
      args     = ["digitreader.results", "migrate"]
      timeout  = "600s"
      retries  = 3
      schedule = ""
      bucket   = null
      # Changed code or another store: the migrations run again.
      token = local.migration
      # With Astra, the one token that may create tables.
      password = local.with_astra ? [local.astra_passwords["migrate"]] : local.results_password
      secrets = merge(local.results_secrets, local.with_astra ? {
        password = google_secret_manager_secret.astra["migrate"].id
      } : {})
    })

    replay = merge(local.of_archive, {
      wanted   = local.with_results
      does     = "moves results from the outbox to the store"
      args     = ["digitreader.results", "replay"]
      timeout  = "1500s"
      retries  = 1
      schedule = var.replay_schedule
      bucket   = { role = "roles/storage.objectUser", title = "outbox only", expression = local.outbox_condition }
    })

    trainer = merge(local.of_trainer, {
      wanted  = local.with_trainer
      does    = "writes models, reads feedback"
      command = ["sh", "-ec", "python -m trainer train \"$@\" && python -m trainer publish", "trainer"]
      args = concat(
        var.trainer_arguments,
        # What people labelled, less what the release model finds absurd.
        local.with_results ? ["--with-feedback", "--judge", "/app/release"] : [],
      )
      limits   = { cpu = "8", memory = "8Gi" }
      timeout  = "21600s"
      retries  = 0
      schedule = var.trainer_schedule
      bucket   = { role = "roles/storage.objectUser", title = "models only", expression = local.models_condition }
    })

    drift = merge(local.of_trainer, {
      wanted   = local.with_trainer && local.with_results
      does     = "compares results with the live model's reference"
      command  = ["python", "-m", "trainer", "drift"]
      args     = ["--log"]
      limits   = { cpu = "1", memory = "2Gi" }
      timeout  = "1500s"
      retries  = 1
      schedule = var.drift_schedule
      bucket   = { role = "roles/storage.objectViewer", title = "models only", expression = local.models_condition }
    })
  }

  # A migration is a job of its own for each version of the code: creating it runs it, and one that
  # failed is tainted and made again by the next apply. An execution token alone would be in the state
  # after a failure, and the next apply would deploy the function without its tables.
  job_names = { for name, job in local.jobs : name => name == "migrate" ? "${var.name}-migrate-${local.migration}" : "${var.name}-${name}" }

  jobs      = { for name, job in local.every_job : name => job if job.wanted }
  scheduled = { for name, job in local.jobs : name => job.schedule if job.schedule != "" }
}

# The migrations' apply returns when they have succeeded, and the function waits for it.
resource "google_cloud_run_v2_job" "job" {
  for_each = local.jobs

  name                = local.job_names[each.key]
  location            = var.region
  deletion_protection = false
  run_execution_token = each.value.token

  template {
    template {
      service_account = google_service_account.job[each.key].email
      timeout         = each.value.timeout
      max_retries     = each.value.retries

      containers {
        image   = each.value.image
        command = each.value.command
        args    = each.value.args

        resources {
          limits = each.value.limits
        }

        dynamic "env" {
          for_each = merge(local.environment, each.value.environment)
          content {
            name  = env.key
            value = env.value
          }
        }

        dynamic "env" {
          for_each = each.value.password
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
          for_each = each.value.folders
          content {
            name       = "source"
            mount_path = volume_mounts.value
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

      dynamic "vpc_access" {
        for_each = local.network_interfaces
        content {
          egress = "PRIVATE_RANGES_ONLY"
          network_interfaces {
            network    = vpc_access.value.network
            subnetwork = vpc_access.value.subnetwork
          }
        }
      }

      dynamic "volumes" {
        for_each = each.value.folders
        content {
          name = "source"
          gcs {
            bucket    = google_storage_bucket.source.name
            read_only = true
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

  depends_on = [terraform_data.astra_bundle, terraform_data.permissions]
}

# No schedule before the migrations have run.
resource "google_cloud_scheduler_job" "job" {
  for_each = local.scheduled

  name        = "${var.name}-${each.key}"
  region      = var.region
  description = "Starts the job that ${local.jobs[each.key].does}"
  schedule    = each.value
  time_zone   = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.job[each.key].id}:run"
    oauth_token {
      service_account_email = google_service_account.schedule[0].email
    }
  }
}
