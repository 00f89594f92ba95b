locals {
  page_folder = "${path.module}/../../frontend"
  # Each page bucket has an origin of its own; under storage.googleapis.com all buckets share one.
  page_bucket_origin = "https://${google_storage_bucket.page.name}.storage.googleapis.com"
  page_origin        = local.with_domain ? "https://${var.domain}" : local.page_bucket_origin
  page_url           = local.with_domain ? "https://${var.domain}/" : "${local.page_bucket_origin}/index.html"
  function_url       = local.with_domain ? "https://${var.domain}/api" : google_cloudfunctions2_function.digits.service_config[0].uri

  content_types = {
    css         = "text/css; charset=utf-8"
    html        = "text/html; charset=utf-8"
    js          = "text/javascript; charset=utf-8"
    svg         = "image/svg+xml"
    webmanifest = "application/manifest+json"
  }
  page_files = toset([
    for each in fileset(local.page_folder, "**") : each
    if each != "config.js" && contains(keys(local.content_types), reverse(split(".", each))[0])
  ])

  # The modules import each other by name. Asked for again at each visit (answered 304 while
  # unchanged), a page never runs one deployment's module beside another's.
  page_fresh = "no-cache"
  page_kept  = "public, max-age=86400"

  # What browsers do not need, as in emulation/pages.py: each line's indentation, and comments.
  left_out = "/(?m)^\\t*(?:(?://|/\\*| \\*).*)?/"

  config_source  = file("${local.page_folder}/config.js")
  config_address = "http://localhost:8080"
}

resource "google_storage_bucket" "page" {
  #checkov:skip=CKV_GCP_62:usage logs would need one more bucket, and who may reach this one is all in these files
  #checkov:skip=CKV_GCP_78:its files are the repository's, which keeps their versions
  #checkov:skip=CKV_GCP_114:the page is public; it is the only bucket that is
  name                        = "${var.project}-${var.name}-page"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = var.public ? "inherited" : "enforced"
  force_destroy               = true

  website {
    main_page_suffix = "index.html"
    not_found_page   = "index.html"
  }

  depends_on = [terraform_data.ready]
}

resource "google_storage_bucket_iam_member" "page_readers" {
  #checkov:skip=CKV_GCP_28:the page is public; it is the only bucket that is
  for_each = local.callers

  bucket = google_storage_bucket.page.name
  # Reading objects and no listing of them, which objectViewer would allow.
  role   = "roles/storage.legacyObjectReader"
  member = each.value
}

resource "google_storage_bucket_object" "page" {
  for_each = local.page_files

  bucket        = google_storage_bucket.page.name
  name          = each.value
  content       = replace(file("${local.page_folder}/${each.value}"), local.left_out, "")
  content_type  = local.content_types[reverse(split(".", each.value))[0]]
  cache_control = can(regex("\\.(css|html|js|webmanifest)$", each.value)) ? local.page_fresh : local.page_kept
}

# The one file that a deployment changes.
resource "google_storage_bucket_object" "page_config" {
  bucket        = google_storage_bucket.page.name
  name          = "config.js"
  content       = replace(replace(local.config_source, local.left_out, ""), local.config_address, local.function_url)
  content_type  = local.content_types.js
  cache_control = local.page_fresh

  lifecycle {
    precondition {
      condition     = strcontains(local.config_source, "\"${local.config_address}\"")
      error_message = "frontend/config.js: expected the address \"${local.config_address}\", which a deployment replaces."
    }
  }
}
