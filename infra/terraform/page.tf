locals {
  page_source = "${path.module}/../../frontend"
  # Each page bucket has an origin of its own; under storage.googleapis.com all buckets share one.
  page_bucket_origin = "https://${google_storage_bucket.page.name}.storage.googleapis.com"
  page_origin        = local.with_domain ? "https://${var.domain}" : local.page_bucket_origin
  page_url           = local.with_domain ? "https://${var.domain}/" : "${local.page_bucket_origin}/index.html"
  function_url       = local.with_domain ? "https://${var.domain}/api" : google_cloudfunctions2_function.digits.service_config[0].uri

  content_types = {
    css         = "text/css; charset=utf-8"
    html        = "text/html; charset=utf-8"
    js          = "text/javascript; charset=utf-8"
    png         = "image/png"
    svg         = "image/svg+xml"
    webmanifest = "application/manifest+json"
  }
  # What infra/page.py builds, by the same rule: no hidden files.
  page_sources = sort([
    for each in fileset(local.page_source, "**") : each
    if !can(regex("(^|/)\\.", each)) && !can(regex("(^|/)__pycache__(/|$)|\\.pyc$|\\.sqlite", each))
  ])
  page_digest = sha256(join("", [
    for each in local.page_sources : "${filesha256("${local.page_source}/${each}")}  ${each}\n"
  ]))
  page_folder = "${path.module}/../build/page-${local.page_digest}"
  page_files  = toset([for each in local.page_sources : each if each != "config.js"])
  page_built  = fileexists("${local.page_folder}/config.js")

  # The modules import each other by name. Asked for again at each visit (answered 304 while
  # unchanged), a page never runs one deployment's module beside another's.
  page_fresh = "no-cache"
  page_kept  = "public, max-age=86400"

  # What a deployment changes: the function's address, and the page's own where links show a picture.
  config_source  = local.page_built ? file("${local.page_folder}/config.js") : ""
  config_address = "http://localhost:8080"
  link_address   = "http://localhost:8000"
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

  bucket = google_storage_bucket.page.name
  name   = each.value
  source = endswith(each.value, ".png") ? "${local.page_folder}/${each.value}" : null
  content = endswith(each.value, ".png") || !local.page_built ? null : replace(
    file("${local.page_folder}/${each.value}"), local.link_address, trimsuffix(local.page_url, "/index.html")
  )
  content_type  = local.content_types[reverse(split(".", each.value))[0]]
  cache_control = can(regex("\\.(css|html|js|webmanifest)$", each.value)) ? local.page_fresh : local.page_kept
}

# The one file that a deployment changes.
resource "google_storage_bucket_object" "page_config" {
  bucket        = google_storage_bucket.page.name
  name          = "config.js"
  content       = replace(local.config_source, local.config_address, local.function_url)
  content_type  = local.content_types.js
  cache_control = local.page_fresh

  lifecycle {
    precondition {
      condition     = local.page_built
      error_message = "There is no build of frontend/ as it is now. Make it: python infra/page.py"
    }
    precondition {
      condition     = strcontains(local.config_source, "\"${local.config_address}\"")
      error_message = "frontend/config.js: expected the address \"${local.config_address}\", which a deployment replaces."
    }
  }
}
