# Own domain, and a function that only named people may call.
mock_provider "google" {
  mock_data "google_cloudfunctions2_function" {
    defaults = { state = "ACTIVE" }
  }
  mock_data "google_cloud_run_v2_service" {
    defaults = { latest_created_revision = "digits-00002-b", latest_ready_revision = "digits-00002-b" }
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
  domain              = "digits.example.org"
}

run "one_origin" {
  command = plan

  assert {
    condition     = output.page_url == "https://digits.example.org/" && output.function_url == "https://digits.example.org/api"
    error_message = "page and function are under the domain"
  }
  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].environment_variables["ALLOWED_ORIGINS"] == "https://digits.example.org"
    error_message = "the domain is the one origin"
  }
  assert {
    condition     = strcontains(google_storage_bucket_object.page_config.content, "\"https://digits.example.org/api\"")
    error_message = "the page calls its own domain"
  }
  assert {
    condition     = google_compute_url_map.page[0].path_matcher[0].path_rule[0].route_action[0].url_rewrite[0].path_prefix_rewrite == "/"
    error_message = "the function sees its own paths"
  }

  # rate limit cannot be walked around
  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB"
    error_message = "the load balancer is the only way in"
  }
  assert {
    condition = one([
      for rule in google_compute_security_policy.function[0].rule :
      "${rule.rate_limit_options[0].enforce_on_key} ${rule.rate_limit_options[0].rate_limit_threshold[0].count}" if rule.action == "throttle"
    ]) == "IP 600"
    error_message = "an address gets 600 requests a minute"
  }

  assert {
    condition     = google_cloudfunctions2_function.digits.service_config[0].environment_variables["TRUSTED_PROXIES"] == "2"
    error_message = "the caller's address is the one before the load balancer's"
  }

  # https only
  assert {
    condition     = google_compute_url_map.redirect[0].default_url_redirect[0].https_redirect
    error_message = "http leads to https"
  }
  assert {
    condition     = google_compute_ssl_policy.modern[0].min_tls_version == "TLS_1_2"
    error_message = "TLS 1.2 at least"
  }
  assert {
    condition     = google_compute_backend_bucket.page[0].enable_cdn && google_compute_backend_bucket.page[0].cdn_policy[0].cache_mode == "USE_ORIGIN_HEADERS"
    error_message = "the CDN keeps to the page's cache headers"
  }
  assert {
    condition = (
      strcontains(google_logging_project_exclusion.requests[0].filter, "resource.type=\"http_load_balancer\" resource.labels.url_map_name=(\"${google_compute_url_map.page[0].name}\" OR \"${google_compute_url_map.redirect[0].name}\")") &&
      !strcontains(google_logging_project_exclusion.requests[0].filter, "backend_service_name")
    )
    error_message = "no request's address is logged, whichever backend answered it"
  }
}

run "authenticated" {
  command = plan

  variables {
    public   = false
    invokers = ["group:readers@example.org"]
  }

  assert {
    condition     = keys(google_cloud_run_v2_service_iam_member.invoker) == ["group:readers@example.org"]
    error_message = "only the named group may call"
  }
  assert {
    condition     = keys(google_storage_bucket_iam_member.page_readers) == ["group:readers@example.org"] && google_storage_bucket.page.public_access_prevention == "enforced"
    error_message = "where an organisation forbids public access, nothing is public"
  }
}
