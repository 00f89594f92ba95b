# google_cloudfunctions2_function and not google_cloud_run_v2_service with build_config: the latter
# starts no build (hashicorp/terraform-provider-google issues 22263 and 23057), so its image would
# have to exist already. The start-up CPU boost, which only the latter can set, is what the platform
# gives a function by default (annotation run.googleapis.com/startup-cpu-boost of its service).
locals {
  function_folder = "${path.module}/../../function"

  # What infra/archive.py packs, by the same rule: no caches, results or hidden files.
  function_files = sort([
    for each in fileset(local.function_folder, "**") : each
    if !can(regex("(^|/)(\\.[^/]*|__pycache__)(/|$)|\\.pyc$|\\.sqlite", each))
  ])
  function_digest = sha256(join("", [
    for each in local.function_files : "${filesha256("${local.function_folder}/${each}")}  ${each}\n"
  ]))
  function_archive = "${path.module}/../build/function-${local.function_digest}.zip"

  # What the function, the jobs and the trainer have in common.
  environment = merge(
    {
      GOOGLE_CLOUD_PROJECT  = var.project
      MODEL_BUCKET          = google_storage_bucket.models.name
      MODEL_REFRESH_SECONDS = tostring(var.model_refresh_seconds)
    },
    local.results_environment,
  )

  function_environment = merge(local.environment, local.signed_models, {
    ALLOWED_ORIGINS  = local.page_origin
    RATE_PER_ADDRESS = tostring(var.rate_per_address)
    RATE_PER_SESSION = tostring(var.rate_per_session)
    # Google's front end notes the caller's address last; a load balancer notes its own after it.
    TRUSTED_PROXIES = local.with_domain ? "2" : "1"
    # functions-framework serves with uvicorn: one event loop instead of a thread for each request.
    FUNCTION_USE_ASGI = "1"
    # The code that a revision runs, for the check below.
    SOURCE_DIGEST = local.function_digest
    # Freed memory goes back to the system: the measured peak of the README is less than half with it.
    MALLOC_ARENA_MAX       = "2"
    MALLOC_MMAP_THRESHOLD_ = "131072"
  })
}

locals {
  signed_models = var.model_public_key == "" ? {} : { MODEL_PUBLIC_KEY = var.model_public_key }

  callers = var.public ? toset(["allUsers"]) : toset(var.invokers)

  network_interfaces = local.with_network ? [{
    network    = var.network == "" ? null : var.network
    subnetwork = var.subnetwork == "" ? null : var.subnetwork
  }] : []

  # Variables of the function that are secrets.
  function_variables = merge(
    { for each in local.results_password : "CASSANDRA_PASSWORD" => each },
    var.api_keys_secret == "" ? {} : { API_KEYS = { secret = var.api_keys_secret, version = "latest" } },
  )
  function_secrets = merge(
    local.results_secrets,
    var.api_keys_secret == "" ? {} : { api_keys = "projects/${var.project}/secrets/${var.api_keys_secret}" },
  )
}

# Archives stay when newer ones replace them: a failed deployment leaves the function on the one before.
resource "google_storage_bucket_object" "function" {
  bucket          = google_storage_bucket.source.name
  name            = "function-${local.function_digest}.zip"
  source          = local.function_archive
  deletion_policy = "ABANDON"

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = fileexists(local.function_archive)
      error_message = "There is no archive of function/ as it is now. Make it: python infra/archive.py"
    }
  }
}

resource "google_cloudfunctions2_function" "digits" {
  name        = var.name
  location    = var.region
  description = "Reads handwritten digits"

  build_config {
    runtime           = "python313"
    entry_point       = "digits"
    docker_repository = google_artifact_registry_repository.images.id
    service_account   = google_service_account.build.id

    environment_variables = merge(
      # The build compiles the code, and its image then sets the time of every file anew. With this,
      # the bytecode is checked by the source's hash instead of its time (py_compile), so it is used.
      { SOURCE_DATE_EPOCH = "315532800" },
      # Another value builds and deploys the same code again.
      var.redeploy == "" ? {} : { REDEPLOY = var.redeploy },
    )

    source {
      storage_source {
        bucket     = google_storage_bucket.source.name
        object     = google_storage_bucket_object.function.name
        generation = google_storage_bucket_object.function.generation
      }
    }
  }

  service_config {
    available_memory                 = var.function_memory
    available_cpu                    = tostring(var.function_cpu)
    max_instance_request_concurrency = var.concurrency
    min_instance_count               = var.min_instances
    max_instance_count               = var.max_instances
    timeout_seconds                  = 60
    service_account_email            = google_service_account.function.email
    environment_variables            = local.function_environment
    all_traffic_on_latest_revision   = true
    # With a domain the load balancer is the only way in, or its rate limit could be walked around.
    ingress_settings = local.with_domain ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_ALL"

    # Private addresses go through the VPC network, everything else as before.
    direct_vpc_egress = local.with_network ? "VPC_EGRESS_PRIVATE_RANGES_ONLY" : null

    dynamic "direct_vpc_network_interface" {
      for_each = local.network_interfaces
      content {
        network    = direct_vpc_network_interface.value.network
        subnetwork = direct_vpc_network_interface.value.subnetwork
      }
    }

    dynamic "secret_environment_variables" {
      for_each = local.function_variables
      content {
        key        = secret_environment_variables.key
        project_id = var.project
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }

    dynamic "secret_volumes" {
      for_each = local.results_files
      content {
        mount_path = secret_volumes.value.folder
        project_id = var.project
        secret     = secret_volumes.value.secret
        versions {
          path    = secret_volumes.value.file
          version = "latest"
        }
      }
    }
  }

  # No traffic before the tables are there, nor before the accounts may read what they need.
  depends_on = [google_cloud_run_v2_job.job, terraform_data.permissions]
}

# What really serves, read after each change. The provider keeps the planned state of an update that
# failed, so the next plan shows no difference: these refuse to call that a deployment. A postcondition
# of the function itself would know the old state during a plan, and refuse the one that mends it; these
# are read in the apply as long as the function has changes.
data "google_cloudfunctions2_function" "digits" {
  name     = google_cloudfunctions2_function.digits.name
  location = var.region

  lifecycle {
    postcondition {
      condition     = self.state == "ACTIVE"
      error_message = "function: expected the state ACTIVE, got ${self.state}. ${local.redeploy_advice}"
    }
  }

  depends_on = [google_cloudfunctions2_function.digits]
}

data "google_cloud_run_v2_service" "function" {
  name     = google_cloudfunctions2_function.digits.name
  location = var.region

  lifecycle {
    postcondition {
      condition     = self.latest_ready_revision == self.latest_created_revision
      error_message = "function: expected its newest revision to be ready, got ${self.latest_created_revision} that did not start while ${self.latest_ready_revision} serves. ${local.redeploy_advice}"
    }

    postcondition {
      condition = alltrue([
        for each in flatten(self.template[*].containers[*].env[*]) : each.value == local.function_digest if each.name == "SOURCE_DIGEST"
      ])
      error_message = "function: expected a revision of the code ${local.function_digest}, got one of other code. ${local.redeploy_advice}"
    }
  }

  depends_on = [google_cloudfunctions2_function.digits]
}

locals {
  redeploy_advice = "The last deployment failed: look at its build and at the logs, then set the variable redeploy to another value and apply."
}

# Invocation is a matter of the Cloud Run service beneath the function.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.callers

  location = var.region
  name     = google_cloudfunctions2_function.digits.name
  role     = "roles/run.invoker"
  member   = each.value
}
