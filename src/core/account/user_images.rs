//! Help-center images: reserved, then stored in the bucket, then published under a path.

use crate::core::tokens::{Family, PublishingRules};

pub static USER_IMAGES: Family = Family {
    name: "image",
    full_name: "user image",
    types: |settings| &settings.image_types,
    types_setting: "image_types",
    max_size: |settings| settings.max_image_size,
    max_size_setting: "max_image_size",
    lifetime: |settings| settings.image_ttl,
    lifetime_setting: "image_ttl",
    rules: |settings| PublishingRules {
        type_check: settings.image_type_check,
        reuse: settings.image_reuse,
    },
    how_to_publish: "POST the token to /api/v2/guide/user_images",
};
