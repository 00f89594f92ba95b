# Own domain: one load balancer with HTTPS in front of the page (cached) and of the function under
# /api, which is therefore of the page's own origin, limited per address.
locals {
  domain_name = local.with_domain ? 1 : 0
}

resource "google_compute_global_address" "page" {
  count = local.domain_name

  name       = "${var.name}-page"
  depends_on = [terraform_data.ready]
}

resource "google_compute_managed_ssl_certificate" "page" {
  count = local.domain_name

  name = "${var.name}-${substr(sha256(var.domain), 0, 8)}"
  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [terraform_data.ready]
}

resource "google_compute_ssl_policy" "modern" {
  count = local.domain_name

  name            = "${var.name}-modern"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [terraform_data.ready]
}

resource "google_compute_backend_bucket" "page" {
  count = local.domain_name

  name        = "${var.name}-page"
  bucket_name = google_storage_bucket.page.name
  enable_cdn  = true

  # What a page cannot say of itself, as emulation/pages.py says it too.
  custom_response_headers = [
    "Content-Security-Policy: frame-ancestors 'none'",
    "Referrer-Policy: no-referrer",
    "Strict-Transport-Security: max-age=31536000",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
  ]

  cdn_policy {
    cache_mode = "USE_ORIGIN_HEADERS"
  }

  depends_on = [terraform_data.ready]
}

resource "google_compute_region_network_endpoint_group" "function" {
  count = local.domain_name

  name                  = "${var.name}-function"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloudfunctions2_function.digits.name
  }
}

resource "google_compute_security_policy" "function" {
  count = local.domain_name

  name        = "${var.name}-function"
  description = "At most ${var.requests_per_minute} requests a minute from one address"

  rule {
    description = "Log4j look-ups"
    priority    = 100
    action      = "deny(403)"
    match {
      expr {
        expression = "evaluatePreconfiguredExpr('cve-canary')"
      }
    }
  }

  rule {
    description = "Rate limit per address"
    priority    = 1000
    action      = "throttle"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      enforce_on_key = "IP"
      conform_action = "allow"
      exceed_action  = "deny(429)"
      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    description = "Everyone else"
    priority    = 2147483647
    action      = "allow"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [terraform_data.ready]
}

resource "google_compute_backend_service" "function" {
  count = local.domain_name

  name                  = "${var.name}-function"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.function[0].id

  backend {
    group = google_compute_region_network_endpoint_group.function[0].id
  }

  log_config {
    enable = true
  }
}

resource "google_compute_url_map" "page" {
  count = local.domain_name

  name            = "${var.name}-page"
  default_service = google_compute_backend_bucket.page[0].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "page"
  }

  path_matcher {
    name            = "page"
    default_service = google_compute_backend_bucket.page[0].id

    path_rule {
      paths   = ["/api", "/api/*"]
      service = google_compute_backend_service.function[0].id
      route_action {
        url_rewrite {
          path_prefix_rewrite = "/"
        }
      }
    }
  }
}

resource "google_compute_target_https_proxy" "page" {
  count = local.domain_name

  name             = "${var.name}-page"
  url_map          = google_compute_url_map.page[0].id
  ssl_certificates = [google_compute_managed_ssl_certificate.page[0].id]
  ssl_policy       = google_compute_ssl_policy.modern[0].id
}

resource "google_compute_global_forwarding_rule" "https" {
  count = local.domain_name

  name                  = "${var.name}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.page[0].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.page[0].id
}

# http:// leads to https://.
resource "google_compute_url_map" "redirect" {
  count = local.domain_name

  name = "${var.name}-redirect"
  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }

  depends_on = [terraform_data.ready]
}

resource "google_compute_target_http_proxy" "redirect" {
  count = local.domain_name

  name    = "${var.name}-redirect"
  url_map = google_compute_url_map.redirect[0].id
}

resource "google_compute_global_forwarding_rule" "http" {
  count = local.domain_name

  name                  = "${var.name}-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.page[0].id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect[0].id
}
