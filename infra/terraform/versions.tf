terraform {
  required_version = ">= 1.8"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
    astra = {
      source  = "datastax/astra"
      version = "~> 2.4"
    }
  }

  # The state's bucket is named at init: -backend-config=bucket=…
  backend "gcs" {
    prefix = "digits"
  }
}

provider "google" {
  project               = var.project
  region                = var.region
  billing_project       = var.project
  user_project_override = true
  default_labels        = { app = var.name }
}

# Reads its token from ASTRA_API_TOKEN (https://github.com/datastax/terraform-provider-astra#readme).
# Without `results = "astra"` no request is made with it.
provider "astra" {
  token = var.results == "astra" ? null : "unused"
}
