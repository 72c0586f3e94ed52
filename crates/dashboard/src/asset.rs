//! The style sheet and the script, in the binary. Their URL holds their hash: a browser keeps them for good, and a newer
//! dashboard brings others.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::guard::hex;

/// A file of the dashboard's own.
pub(crate) struct Asset {
    name: &'static str,
    content_type: &'static str,
    text: String,
    hash: String,
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = format!("{}\n{}", include_str!("../assets/dashboard.css"), statewright_graph::stylesheet());
    Asset::new("dashboard.css", "text/css; charset=utf-8", text)
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("dashboard.js", "text/javascript; charset=utf-8", include_str!("../assets/dashboard.js").to_owned())
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg").to_owned()));

impl Asset {
    fn new(name: &'static str, content_type: &'static str, text: String) -> Self {
        let hash = hex(&Sha256::digest(&text)[..8]);
        Self { name, content_type, text, hash }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("/asset/{}/{}", self.hash, self.name)
    }
}

/// The style sheet.
pub(crate) fn style() -> &'static Asset {
    &STYLE
}

/// The script.
pub(crate) fn script() -> &'static Asset {
    &SCRIPT
}

/// The icon.
pub(crate) fn icon() -> &'static Asset {
    &ICON
}

/// Answers a request for one.
pub(crate) async fn serve(Path((hash, name)): Path<(String, String)>) -> Response {
    let asked = [style(), script(), icon()].into_iter().find(|asset| asset.name == name && asset.hash == hash);
    match asked {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.content_type),
                (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
            ],
            asset.text.as_str(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
