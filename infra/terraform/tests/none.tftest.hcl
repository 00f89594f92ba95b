# The smallest deployment: no results store, anyone may call, the page at its bucket's address.
mock_provider "google" {
  mock_data "google_cloudfunctions2_function" {
    defaults = { state = "ACTIVE" }
  }
  mock_data "google_cloud_run_v2_service" {
    defaults = { latest_created_revision = "digits-00002-b", latest_ready_revision = "digits-00002-b" }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://digits-abc-ew.a.run.app" }
    }
  }
  mock_resource "google_service_account" {
    defaults = {
      name   = "projects/my-project/serviceAccounts/someone@my-project.iam.gserviceaccount.com"
      email  = "someone@my-project.iam.gserviceaccount.com"
      member = "serviceAccount:someone@my-project.iam.gserviceaccount.com"
    }
  }
}
mock_provider "astra" {}

variables {
  project             = "my-project"
  propagation_seconds = 0
  results             = "none"
}

run "deployed" {
  command = apply

  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].max_instance_count == 5
    error_message = "the number of instances has a cap"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].min_instance_count == 0
    error_message = "nothing runs while idle"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.build_config[0].runtime == "python313"
    error_message = "the runtime is Python 3.13"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].environment_variables["ALLOWED_ORIGINS"] == "https://my-project-digits-page.storage.googleapis.com"
    error_message = "only the page's origin may call from a browser"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].environment_variables["RESULTS_STORE"] == "none"
    error_message = "no results are stored"
  }
  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.digits.service_config[0].environment_variables), "OUTBOX_BUCKET")
    error_message = "without a store nothing waits for one"
  }
  assert {
    condition     = keys(google_cloud_run_v2_service_iam_member.invoker) == ["allUsers"]
    error_message = "anyone may call"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].ingress_settings == "ALLOW_ALL"
    error_message = "without a domain the function is called at its own address"
  }
  assert {
    condition     = can(regex("export (const|let) FUNCTION ?= ?\"https://digits-abc-ew\\.a\\.run\\.app\"", google_storage_bucket_object.page_config.content))
    error_message = "the page's configuration names the function's address"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.build_config[0].source[0].storage_source[0].object == "function-${local.function_digest}.zip"
    error_message = "the archive is named by its content"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.build_config[0].source[0].storage_source[0].generation == google_storage_bucket_object.function.generation
    error_message = "the function is built from the archive that was uploaded, also when it was uploaded again"
  }
  assert {
    condition     = google_storage_bucket_object.function.deletion_policy == "ABANDON"
    error_message = "the archive of the running function outlives a deployment that failed"
  }
  assert {
    condition = (
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["SOURCE_DIGEST"] == local.function_digest &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["FUNCTION_USE_ASGI"] == "1"
    )
    error_message = "a revision tells its code, and is served asynchronously"
  }

  assert {
    condition = (
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["RATE_PER_ADDRESS"] == "3000" &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["RATE_PER_SESSION"] == "3000" &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["TRUSTED_PROXIES"] == "1"
    )
    error_message = "one caller cannot have an instance for himself"
  }
  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.digits.service_config[0].environment_variables), "MODEL_PUBLIC_KEY")
    error_message = "the release, which is unsigned, is served"
  }
  assert {
    condition     = length(google_cloudfunctions2_function.digits.service_config[0].secret_environment_variables) == 0
    error_message = "no API key is asked for unless there are some"
  }

  # only the page is public
  assert {
    condition = alltrue([
      for bucket in [google_storage_bucket.models, google_storage_bucket.source] :
      bucket.public_access_prevention == "enforced" && bucket.uniform_bucket_level_access
    ])
    error_message = "models and sources cannot be made public"
  }
  assert {
    condition     = google_storage_bucket_iam_member.page_readers["allUsers"].bucket == google_storage_bucket.page.name
    error_message = "the public may read the page's bucket"
  }
  assert {
    condition     = google_storage_bucket_iam_member.page_readers["allUsers"].role == "roles/storage.legacyObjectReader"
    error_message = "the public may read the page's files and not list them"
  }
  assert {
    condition = alltrue([
      for each in [google_storage_bucket_iam_member.function_models] : each.member != "allUsers" && each.member != "allAuthenticatedUsers"
    ])
    error_message = "models are for the function's account"
  }

  assert {
    condition     = strcontains(google_logging_project_exclusion.requests[0].filter, "resource.labels.service_name=\"digits\" log_id(\"run.googleapis.com/requests\")")
    error_message = "addresses and sessions stay out of the log"
  }

  # page files
  assert {
    condition     = google_storage_bucket_object.page["index.html"].content_type == "text/html; charset=utf-8"
    error_message = "HTML is served as HTML"
  }
  assert {
    condition = alltrue([
      for name, each in google_storage_bucket_object.page : each.content_type == "text/javascript; charset=utf-8" if endswith(name, ".js")
    ])
    error_message = "browsers run modules of a JavaScript type only"
  }
  assert {
    condition = alltrue([
      for name, each in google_storage_bucket_object.page : each.cache_control == "no-cache" if can(regex("\\.(html|js|css)$", name))
    ])
    error_message = "what changes with a deployment is asked for again"
  }
  assert {
    condition     = google_storage_bucket_object.page_config.cache_control == "no-cache"
    error_message = "the configuration is asked for again"
  }
  assert {
    condition     = !contains(keys(google_storage_bucket_object.page), "config.js")
    error_message = "the configuration is written once, with the function's address"
  }

  # models bucket
  assert {
    condition     = google_storage_bucket.models.versioning[0].enabled
    error_message = "an overwritten pointer can be brought back"
  }
  assert {
    condition = anytrue([
      for rule in google_storage_bucket.models.lifecycle_rule :
      anytrue([for c in rule.condition : c.matches_prefix == tolist(["outbox/"]) && c.age == 90])
    ])
    error_message = "the outbox has a lifecycle of its own"
  }
  assert {
    condition     = !google_storage_bucket.models.force_destroy
    error_message = "models and waiting results survive a destroy that was not told to delete them"
  }
  assert {
    condition     = strcontains(google_storage_bucket_iam_member.function_models.condition[0].expression, "/objects/models/") && google_storage_bucket_iam_member.function_models.role == "roles/storage.objectViewer"
    error_message = "the function reads the models' prefix"
  }
  assert {
    condition     = length(google_storage_bucket_iam_member.function_outbox) == 0
    error_message = "without a store the function writes nothing"
  }

  # release model
  assert {
    condition     = google_storage_bucket_object.release_pointer.name == "models/live.json"
    error_message = "the pointer is where the function looks"
  }
  assert {
    condition     = jsondecode(google_storage_bucket_object.release_pointer.content).manifest.sha256 == filesha256("${path.module}/../../release/model.tflite")
    error_message = "the pointer carries the manifest of the very model"
  }
  assert {
    condition     = google_storage_bucket_object.release_pointer.deletion_policy == "ABANDON"
    error_message = "models outlive the resource that put the first one there"
  }

  # nothing that was not asked for
  assert {
    condition = alltrue([
      for each in [
        astra_database.results, google_cloud_run_v2_job.job, google_cloud_scheduler_job.job,
        google_compute_global_address.page, google_iam_workload_identity_pool.github, google_billing_budget.monthly,
      ] : length(each) == 0
    ])
    error_message = "no store, jobs, schedules, load balancer, CI identity or budget"
  }
}

run "with_what_may_be_asked_for" {
  command = plan

  variables {
    api_keys_secret  = "digits-api-keys"
    rate_per_address = 60
    rate_per_session = 0
    request_logs     = true
    redeploy         = "2026-11-25"
    model_public_key = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
    billing_account  = "012345-6789AB-CDEF01"
    alerts           = false
  }

  assert {
    condition     = one([for each in google_cloudfunctions2_function.digits.service_config[0].secret_environment_variables : "${each.key} ${each.secret}"]) == "API_KEYS digits-api-keys"
    error_message = "the keys come from Secret Manager"
  }
  assert {
    condition     = one(values(google_secret_manager_secret_iam_member.function)[*].secret_id) == "projects/my-project/secrets/digits-api-keys"
    error_message = "the function may read them"
  }
  assert {
    condition     = contains(keys(google_project_service.api), "secretmanager.googleapis.com")
    error_message = "Secret Manager is switched on for them"
  }
  assert {
    condition = (
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["RATE_PER_ADDRESS"] == "60" &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["RATE_PER_SESSION"] == "0"
    )
    error_message = "the rates are the variables'"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].environment_variables["MODEL_PUBLIC_KEY"] == var.model_public_key
    error_message = "the function serves signed models only"
  }
  assert {
    condition     = length(google_logging_project_exclusion.requests) == 0
    error_message = "request logs are kept when they are wanted"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.build_config[0].environment_variables == tomap({ SOURCE_DATE_EPOCH = "315532800", REDEPLOY = "2026-11-25" })
    error_message = "another value is another build"
  }
  assert {
    condition     = length(google_billing_budget.monthly[0].all_updates_rule) == 0
    error_message = "a rule without a channel is refused by the API"
  }
  assert {
    condition     = length(google_monitoring_alert_policy.alert) == 0
    error_message = "no alert is billed when none is wanted"
  }
}

run "a_failed_function_or_revision_is_no_deployment" {
  command = plan

  override_data {
    target = data.google_cloudfunctions2_function.digits
    values = { state = "FAILED" }
  }

  override_data {
    target = data.google_cloud_run_v2_service.function
    values = { latest_created_revision = "digits-00003-c", latest_ready_revision = "digits-00002-b" }
  }

  expect_failures = [data.google_cloudfunctions2_function.digits, data.google_cloud_run_v2_service.function]
}

run "older_code_is_no_deployment" {
  command = plan

  override_data {
    target = data.google_cloud_run_v2_service.function
    values = {
      latest_created_revision = "digits-00002-b"
      latest_ready_revision   = "digits-00002-b"
      template = [{
        annotations           = null, encryption_key = null, execution_environment = null, gpu_zonal_redundancy_disabled = null
        health_check_disabled = null, labels = null, max_instance_request_concurrency = null, node_selector = null
        revision              = null, sandboxes = null, scaling = null, service_account = null, session_affinity = null
        timeout               = null, volumes = null, vpc_access = null, workload_identity_config = null
        containers = [{
          args             = null, base_image_uri = null, build_info = null, command = null, depends_on = null, image = null
          liveness_probe   = null, name = null, ports = null, readiness_probe = null, resources = null
          sandbox_launcher = null, startup_probe = null, volume_mounts = null, working_dir = null
          env              = [{ name = "SOURCE_DIGEST", value = "of older code", value_source = null }]
        }]
      }]
    }
  }

  expect_failures = [data.google_cloud_run_v2_service.function]
}
