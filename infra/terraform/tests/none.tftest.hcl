# The smallest deployment: no results store, anyone may call, the page at its bucket's address.
mock_provider "google" {
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
  project = "my-project"
  results = "none"
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
    condition = (
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["THREADS"] ==
      tostring(google_cloudfunctions2_function.digits.service_config[0].max_instance_request_concurrency)
    )
    error_message = "as many threads as requests at a time"
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
    condition     = strcontains(google_storage_bucket_object.page_config.content, "\"https://digits-abc-ew.a.run.app\"")
    error_message = "the page's configuration names the function's address"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.build_config[0].source[0].storage_source[0].object == "function-${local.function_digest}.zip"
    error_message = "the archive is named by its content"
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
    condition     = google_storage_bucket_iam_member.page_public.bucket == google_storage_bucket.page.name
    error_message = "the public may read the page's bucket"
  }
  assert {
    condition     = google_storage_bucket_iam_member.page_public.role == "roles/storage.legacyObjectReader"
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

run "with_api_keys" {
  command = plan

  variables {
    api_keys_secret  = "digits-api-keys"
    rate_per_address = 60
    rate_per_session = 0
    request_logs     = true
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
    condition     = length(google_logging_project_exclusion.requests) == 0
    error_message = "request logs are kept when they are wanted"
  }
}
