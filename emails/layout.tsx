import type { ReactNode } from "react";
import { Body, Button, Container, Head, Html, Img, Link, Preview, Section, Text } from "react-email";
import { type Brand, inkOn } from "./brand.ts";

const font = "ui-sans-serif, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

// Mail clients read colours beside the elements; the dark ones are for those that know the media query, the light ones for all others.
const dark = `
@media (prefers-color-scheme: dark) {
  .page, .page > table, .page > table > tbody > tr > td { background-color: #0c0e10 !important; }
  .card { background-color: #13161a !important; }
  .card { border-left-color: #23282d !important; border-right-color: #23282d !important; border-bottom-color: #23282d !important; }
  .ink, .ink p, .ink li, .ink td, .ink th, .ink h1, .ink h2, .ink h3 { color: #eceeef !important; }
  .soft, .soft a { color: #9aa4a9 !important; }
  .rule { border-color: #23282d !important; }
  .content.ink a { color: #7fdccd !important; }
  .paper > tbody > tr > td { padding: 12px !important; border-radius: 6px; }
}
@media (max-width: 480px) {
  .card > tbody > tr > td { padding: 20px !important; }
}
.content a { color: #0b5cad; }
.card td { overflow-wrap: anywhere; word-break: break-word; }
.content h1, .content h2, .content h3 { font-size: 17px; line-height: 24px; margin: 16px 0 8px; }
.content blockquote { border-left: 3px solid #c4cac7; margin: 12px 0; padding-left: 12px; }
.content img { max-width: 100%; height: auto; }
.content div table { max-width: 100%; }
.content div table:not([cellpadding], [width], [style]) :is(th, td):not([align]) { padding: 4px 16px 4px 0; text-align: left; }
`;

/** Of the tenant's name, also where it stands for a logo that a program for mail does not load. */
const nameStyle = { fontSize: "17px", fontWeight: 600, color: "#16191b" };
const logoStyle = { display: "block", height: "40px", width: "auto", maxWidth: "100%", objectFit: "contain" } as const;

interface LayoutProps {
  brand: Brand;
  /** What a list of mails shows beside the subject: the beginning of this. */
  preview: string;
  children: ReactNode;
  /** Why one got it, and how to get it no more. */
  footer?: ReactNode;
}

/** No list shows more; half a character at the end would be a mark of a fault there. */
function clip(preview: string): string {
  return preview.slice(0, 140).replace(/[\ud800-\udbff]$/, "");
}

/** The frame of every mail: the tenant's name, logo and colour around one card. */
export function Layout({ brand, preview, children, footer }: LayoutProps) {
  return (
    <Html lang="en">
      <Head>
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <style>{dark}</style>
      </Head>
      <Preview>{clip(preview)}</Preview>
      <Body className="page" style={{ backgroundColor: "#f3f4f3", fontFamily: font, margin: 0, padding: "24px 8px" }}>
        <Container style={{ maxWidth: "560px", margin: "0 auto" }}>
          <Section style={{ padding: "0 4px 16px" }}>
            {brand.logoUrl ? (
              <Img
                className="ink"
                src={brand.logoUrl}
                alt={brand.name}
                height="40"
                style={{ ...nameStyle, ...logoStyle }}
              />
            ) : (
              <Text className="ink" style={{ margin: 0, ...nameStyle }}>
                {brand.name}
              </Text>
            )}
          </Section>
          <Section
            className="card"
            style={{
              backgroundColor: "#ffffff",
              border: "1px solid #e4e6e4",
              borderTop: `4px solid ${brand.colour}`,
              borderRadius: "8px",
              padding: "28px",
            }}
          >
            {children}
          </Section>
          <Section className="soft" style={{ padding: "16px 4px 0" }}>
            {footer}
            <Small>Sent by {brand.name}</Small>
          </Section>
        </Container>
      </Body>
    </Html>
  );
}

export function Title({ children }: { children: ReactNode }) {
  return (
    <Text
      dir="auto"
      className="ink"
      style={{ margin: "0 0 12px", fontSize: "20px", lineHeight: "28px", fontWeight: 600, color: "#16191b" }}
    >
      {children}
    </Text>
  );
}

/** Plain text as it was written: its line breaks stay. */
export function Paragraph({ children }: { children: ReactNode }) {
  return (
    <Text
      dir="auto"
      className="ink"
      style={{ margin: "0 0 16px", fontSize: "15px", lineHeight: "23px", color: "#16191b", whiteSpace: "pre-line" }}
    >
      {children}
    </Text>
  );
}

export function Action({ brand, href, children }: { brand: Brand; href: string; children: ReactNode }) {
  return (
    <Section style={{ paddingTop: "8px" }}>
      <Button
        href={href}
        style={{
          backgroundColor: brand.colour,
          color: inkOn(brand.colour),
          borderRadius: "6px",
          padding: "11px 18px",
          fontSize: "15px",
          fontWeight: 600,
          textDecoration: "none",
        }}
      >
        {children}
      </Button>
    </Section>
  );
}

export function Small({ children }: { children: ReactNode }) {
  return (
    <Text className="soft" style={{ margin: "0 0 6px", fontSize: "13px", lineHeight: "19px", color: "#59625f" }}>
      {children}
    </Text>
  );
}

/** The address to choose what one gets, on every mail that may be unsubscribed. */
export function Unsubscribe({ href, what }: { href: string | undefined; what: string }) {
  if (!href) return null;
  return (
    <Small>
      You get {what}.{" "}
      <Link href={href} className="soft" style={{ color: "#59625f", textDecoration: "underline" }}>
        Unsubscribe or choose what you get
      </Link>
    </Small>
  );
}
