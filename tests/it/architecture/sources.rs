//! The sources as the rules read them: parsed by `syn`, without what is compiled for tests only.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, UseName, UseRename, UseTree, Visibility};

/// Names are absolute: `crate::core::ids::Ids` in the library, `main::cli` in the binary,
/// `std::sync::Arc` elsewhere.
pub struct Sources {
    pub files: Vec<Source>,
    modules: HashMap<String, Module>,
}

/// One file. Positions are line numbers.
#[derive(Default)]
pub struct Source {
    pub name: String,
    pub module: String,
    pub lines: Vec<String>,
    /// How many lines are compiled for tests only.
    pub test_lines: usize,
    pub paths: Vec<WrittenPath>,
    pub types: Vec<(usize, String)>,
    pub functions: Vec<(usize, String)>,
    /// What attributes are given, such as `clippy::disallowed_methods`.
    pub attributes: Vec<(usize, String)>,
    /// Comments and string literals, those of tests included.
    pub comments: Vec<(usize, String)>,
    pub strings: Vec<(usize, String)>,
}

/// A file, or a `mod name { … }` within one.
struct Module {
    file: usize,
    /// The path behind each name that a `use` declares.
    imports: HashMap<String, Vec<String>>,
}

pub struct WrittenPath {
    pub line: usize,
    module: String,
    segments: Vec<String>,
    written: Written,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// In `use`.
    Import,
    /// In `pub use`, which names the item for others.
    Reexport,
    /// In a type, an expression, a macro or an attribute.
    Inline,
}

impl Sources {
    /// The Rust files below these folders of the project.
    pub fn read(folders: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut unread: Vec<_> = folders.iter().map(|folder| root.join(folder)).collect();
        let mut files = BTreeMap::new();
        while let Some(path) = unread.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path).expect("a folder");
                unread.extend(entries.map(|entry| entry.expect("an entry").path()));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("a path below the root");
                let text = std::fs::read_to_string(&path).expect("a readable file");
                files.insert(name.to_string_lossy().replace('\\', "/"), text);
            }
        }
        Self::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// Parses files given as name and text.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut sources = Self { files: Vec::new(), modules: HashMap::new() };
        for (name, text) in files {
            sources.add(name, text).unwrap_or_else(|error| panic!("{name} is not Rust: {error}"));
        }
        sources
    }

    fn add(&mut self, name: &str, text: &str) -> syn::Result<()> {
        let mut source = Source {
            name: name.to_owned(),
            module: module_of(name),
            lines: text.lines().map(ToOwned::to_owned).collect(),
            ..Source::default()
        };
        let tokens: TokenStream = text.parse()?;
        source.read_prose(text, tokens.clone());
        if !name.starts_with("src/") || source.module.ends_with("::tests") {
            source.test_lines = source.lines.len();
        } else {
            let code = without_tests(tokens, &mut source.test_lines);
            let syntax = syn::parse2(code)?;
            let here = source.module.clone();
            let file = self.files.len();
            let mut reader = Reader { source: &mut source, modules: &mut self.modules, file, here };
            reader.open_module();
            reader.visit_file(&syntax);
        }
        self.files.push(source);
        Ok(())
    }

    /// The names that a path has: as written, and behind re-exports. None for a local variable.
    pub fn names(&self, path: &WrittenPath) -> Vec<String> {
        let imports = &self.modules[&path.module].imports;
        let is_local = path.written == Written::Inline
            && path.segments.len() == 1
            && !imports.contains_key(&path.segments[0]);
        if is_local {
            return Vec::new();
        }
        let written = self.absolute(&path.module, &path.segments);
        let defined = self.definition(&written);
        if written == defined { vec![written] } else { vec![written, defined] }
    }

    fn absolute(&self, module: &str, segments: &[String]) -> String {
        let (first, rest) = segments.split_first().expect("a path");
        let imports = self.modules.get(module).map(|module| &module.imports);
        let start = match first.as_str() {
            "crate" => module.split("::").next().unwrap_or(module).to_owned(),
            "zendesk_mock" => "crate".to_owned(),
            "self" => module.to_owned(),
            "super" => {
                let parent = module.rsplit_once("::").map_or(module, |(parent, _)| parent);
                if rest.first().is_some_and(|next| next == "super") {
                    return self.absolute(parent, rest);
                }
                parent.to_owned()
            }
            _ if self.modules.contains_key(&format!("{module}::{first}")) => {
                format!("{module}::{first}")
            }
            _ => match imports.and_then(|imports| imports.get(first)) {
                Some(import) if import[0] != *first => self.absolute(module, import),
                _ => first.clone(),
            },
        };
        rest.iter().fold(start, |name, segment| format!("{name}::{segment}"))
    }

    fn definition(&self, name: &str) -> String {
        let Some((module, item)) = self.split(name) else { return name.to_owned() };
        let mut item = item.split("::");
        match item.next().and_then(|first| self.modules[module].imports.get(first)) {
            Some(import) => {
                let import = self.absolute(module, import);
                self.definition(&item.fold(import, |name, segment| format!("{name}::{segment}")))
            }
            None => name.to_owned(),
        }
    }

    /// The module that a name leads to, and the rest of the name.
    fn split<'a>(&self, name: &'a str) -> Option<(&'a str, &'a str)> {
        let mut module = name;
        while !self.modules.contains_key(module) {
            module = module.rsplit_once("::")?.0;
        }
        Some((module, name[module.len()..].trim_start_matches("::")))
    }

    /// Which file imports which, and in which line first. Re-exports are no imports.
    pub fn file_imports(&self) -> BTreeMap<(usize, usize), usize> {
        let mut found = BTreeMap::new();
        for (from, source) in self.files.iter().enumerate() {
            for path in source.paths.iter().filter(|path| path.written != Written::Reexport) {
                let names = self.names(path);
                let Some((module, _)) = names.last().and_then(|name| self.split(name)) else {
                    continue;
                };
                let to = self.modules[module].file;
                if from != to {
                    found.entry((from, to)).or_insert(path.line);
                }
            }
        }
        found
    }
}

fn module_of(file: &str) -> String {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let is_binary = ["main", "memory"].contains(&path)
        || ["cli/", "log/"].iter().any(|part| path.starts_with(part));
    let parts = path.split('/').filter(|part| !["mod", "lib", "main"].contains(part));
    let root = if is_binary { "main" } else { "crate" };
    [root].into_iter().chain(parts).collect::<Vec<_>>().join("::")
}

/// Removes what is below `#[cfg(test)]`, and counts its lines.
fn without_tests(tokens: TokenStream, test_lines: &mut usize) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) if group.to_string() == "[cfg (test)]" => {
                let mut first = group.span().start().line;
                kept.pop();
                // The attributes and documentation above belong to the same item.
                while let [.., TokenTree::Punct(sign), TokenTree::Group(attribute)] = &kept[..]
                    && sign.as_char() == '#'
                    && attribute.delimiter() == Delimiter::Bracket
                {
                    first = sign.span().start().line;
                    kept.truncate(kept.len() - 2);
                }
                let end = tokens.find(|token| match token {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    TokenTree::Punct(sign) => sign.as_char() == ';',
                    _ => false,
                });
                let last = end.map_or(first, |end| end.span().end().line);
                *test_lines += last + 1 - first;
            }
            TokenTree::Group(group) => {
                let inner = without_tests(group.stream(), test_lines);
                let mut copy = Group::new(group.delimiter(), inner);
                copy.set_span(group.span());
                kept.push(copy.into());
            }
            token => kept.push(token),
        }
    }
    kept.into_iter().collect()
}

impl Source {
    /// Comments are what lies between tokens, and documentation.
    fn read_prose(&mut self, text: &str, tokens: TokenStream) {
        let starts: Vec<usize> =
            [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let by_line = |range: Range<usize>| {
            let first = starts.partition_point(|start| *start <= range.start);
            let lines = text[range].split('\n').enumerate();
            lines.map(move |(index, line)| (first + index, line.to_owned()))
        };
        let mut spans = Vec::new();
        spans_of(tokens, &mut spans);
        let mut end = 0;
        spans.push(text.len()..text.len());
        for range in spans {
            if end < range.start {
                let between = by_line(end..range.start);
                self.comments.extend(between.filter(|(_, line)| !line.trim().is_empty()));
            }
            // A comment of documentation is several tokens of the same span.
            if end < range.end {
                end = range.end;
                match &text[range.clone()] {
                    token if token.starts_with("//") || token.starts_with("/*") => {
                        self.comments.extend(by_line(range));
                    }
                    token if token.contains('"') => self.strings.extend(by_line(range)),
                    _ => {}
                }
            }
        }
    }
}

fn spans_of(tokens: TokenStream, found: &mut Vec<Range<usize>>) {
    for token in tokens {
        if let TokenTree::Group(group) = token {
            found.push(group.span_open().byte_range());
            spans_of(group.stream(), found);
            found.push(group.span_close().byte_range());
        } else {
            found.push(token.span().byte_range());
        }
    }
}

struct Reader<'a> {
    source: &'a mut Source,
    modules: &'a mut HashMap<String, Module>,
    file: usize,
    /// The module that is being read.
    here: String,
}

impl Reader<'_> {
    fn open_module(&mut self) {
        let module = Module { file: self.file, imports: HashMap::new() };
        self.modules.insert(self.here.clone(), module);
    }

    fn add_path(&mut self, segments: &[&Ident], written: Written) {
        let Some(last) = segments.last() else { return };
        self.source.paths.push(WrittenPath {
            line: last.span().start().line,
            module: self.here.clone(),
            segments: segments.iter().map(ToString::to_string).collect(),
            written,
        });
    }

    fn read_use<'t>(&mut self, tree: &'t UseTree, path: &[&'t Ident], written: Written) {
        let (last, name) = match tree {
            UseTree::Path(tree) => {
                return self.read_use(&tree.tree, &[path, &[&tree.ident]].concat(), written);
            }
            UseTree::Group(tree) => {
                return tree.items.iter().for_each(|tree| self.read_use(tree, path, written));
            }
            UseTree::Glob(_) => return self.add_path(path, written),
            UseTree::Name(UseName { ident }) => (ident, ident),
            UseTree::Rename(UseRename { ident, rename, .. }) => (ident, rename),
        };
        let path = if last == "self" { path.to_vec() } else { [path, &[last]].concat() };
        self.add_path(&path, written);
        // `use a::{self}` brings in `a`.
        let Some(name) = (if name == "self" { path.last().copied() } else { Some(name) }) else {
            return;
        };
        let module = self.modules.get_mut(&self.here).expect("an open module");
        let path = path.iter().map(ToString::to_string).collect();
        module.imports.insert(name.to_string(), path);
    }

    /// Whatever looks like a path in what a macro is given.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<Ident> = Vec::new();
        let mut colons = 0;
        for token in tokens.into_iter().chain([Punct::new(';', Spacing::Alone).into()]) {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                TokenTree::Ident(name) if colons == 2 => {
                    path.push(name);
                    colons = 0;
                }
                token => {
                    self.add_path(&path.iter().collect::<Vec<_>>(), Written::Inline);
                    path.clear();
                    colons = 0;
                    match token {
                        TokenTree::Ident(name) => path.push(name),
                        TokenTree::Group(group) => self.read_tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_private = matches!(item.vis, Visibility::Inherited);
        let written = if is_private { Written::Import } else { Written::Reexport };
        self.read_use(&item.tree, &[], written);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_some() {
            let outer = self.here.clone();
            self.here = format!("{outer}::{}", item.ident);
            self.open_module();
            visit::visit_item_mod(self, item);
            self.here = outer;
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|segment| &segment.ident).collect();
        self.add_path(&segments, Written::Inline);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.read_tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        self.visit_path(attribute.path());
        if let syn::Meta::List(list) = &attribute.meta {
            let line = attribute.pound_token.spans[0].start().line;
            self.source.attributes.push((line, list.tokens.to_string()));
            self.read_tokens(list.tokens.clone());
        }
    }

    /// `pub(in …)` is no use of what it names.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        let line = signature.ident.span().start().line;
        self.source.functions.push((line, signature.ident.to_string()));
        visit::visit_signature(self, signature);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        let name = match item {
            Item::Struct(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        let line_and_name = |name: &Ident| (name.span().start().line, name.to_string());
        self.source.types.extend(name.map(line_and_name));
        visit::visit_item(self, item);
    }
}
