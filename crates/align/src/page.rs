//! Static pages: one style, no script, nothing loaded.

const STYLE: &str = "\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
figure { margin: 1rem 0; background: white; border-radius: 6px; overflow-x: auto; }
figure svg { width: 100%; min-width: 40rem; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #8886; white-space: nowrap; }
th:first-child { text-align: left; }
.above { font-weight: 700; }
.warning { border-left: 4px solid #d55e00; padding-left: 1rem; }
ul.warning { padding-left: 2rem; }
.legend { white-space: pre-line; opacity: .8; }
";

/// A page with this body.
pub(crate) fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// A picture for a page that may have others: the names in it are made its own, and it takes the width that there is.
pub(crate) fn inlined(svg: &str, number: usize) -> String {
    let attribute = |name: &str| {
        let (_, rest) = svg.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let size = attribute("width").zip(attribute("height"));
    let scaled = size.map_or(svg.to_owned(), |(width, height)| {
        svg.replacen(
            "<svg ",
            &format!("<svg viewBox=\"0 0 {width} {height}\" "),
            1,
        )
    });
    scaled
        .replace("id=\"window-", &format!("id=\"p{number}-window-"))
        .replace("url(#window-", &format!("url(#p{number}-window-"))
}

/// Text that means itself in HTML, in attributes too.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_scale_and_have_names_of_their_own() {
        let svg = r#"<svg xmlns="x" width="20" height="9"><rect width="100%" height="100%"/><clipPath id="window-0"/></svg>"#;
        let inlined = inlined(svg, 3);
        assert!(
            inlined.starts_with(r#"<svg viewBox="0 0 20 9" xmlns="x" width="20""#),
            "{inlined}"
        );
        assert!(inlined.contains(r#"id="p3-window-0""#));
    }
}
