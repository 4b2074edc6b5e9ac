/** Names that are bots, or fetch rather than browse, wherever they stand in a User-Agent. */
const names =
  String.raw`1470\.net crawler|50\.nu|8bo Crawler Bot|Aboundex|Accoona-[A-z]+-Agent|AdsBot-Google|altavista|AppEngine-Google|archive.*?\.org_bot|
archiver|Ask Jeeves|[Bb]ai[Dd]u[Ss]pider|bingbot|BingPreview|blitzbot|BlogBridge|BoardReader|boitho.com-dc|BotSeer|favicon|\bYeti|
Catchpoint bot|[Cc]harlotte|Checklinks|clumboot|Comodo HTTP\(S\) Crawler|Comodo-Webinspector-Crawler|ConveraCrawler|CRAWL-E|CrawlConvera|
Daumoa|Feed Seeker Bot|findlinks|Flamingo_SearchEngine|FollowSite Bot|furlbot|Genieo|gigabot|GomezAgent|gonzo1|Googlebot|Google SketchUp|
grub-client|gsa-crawler|heritrix|HiddenMarket|holmes|HooWWWer|htdig|ia_archiver|ICC-Crawler|Icarus6j|ichiro|IconSurf|IlTrovatore|InfuzApp|
Innovazion Crawler|InternetArchive|IP2[a-z]+Bot|jbot\b|KaloogaBot|Kraken|Kurzor|larbin|LEIA|LesnikBot|Linguee Bot|LinkAider|LinkedInBot|
Lite Bot|Llaut|lycos|Mail\.RU_Bot|masidani_bot|Mediapartners-Google|Microsoft .*? Bot|mogimogi|mozDex|MJ12bot|msnbot|msrbot|netresearch|
Netvibes|NewsGator|^NING|Nutch|Nymesis|ObjectsSearch|Orbiter|OOZBOT|PagePeeker|PagesInventory|PaxleFramework|Peeplo Screenshot Bot|
PlantyNet_WebRobot|Pompos|Read%20Later|Reaper|RedCarpet|Retreiver|Riddler|Rival IQ|scooter|Scrapy|Scrubby|searchsight|seekbot|
semanticdiscovery|Simpy|SimplePie|SEOstats|SimpleRSS|SiteCon|Slurp|snappy|Speedy Spider|Squrl Java|TheUsefulbot|ThumbShotsBot|
Thumbshots\.ru|TwitterBot|URL2PNG|Vagabondo|VoilaBot|^vortex|Votay bot|^voyager|WASALive.Bot|Web-sniffer|WebThumb|WeSEE:[A-z]|WhatWeb|WIRE|
WordPress|Wotbox|www\.almaden\.ibm\.com|Xenu(?:.s)? Link Sleuth|Xerka [A-z]+Bot|yacy|Yahoo[a-z]*Seeker|Yahoo! Slurp|Yandex\w|YodaoBot|
YottaaMonitor|Yowedo|^Zao|ZeBot_www\.ze\.bz|ZooShot|ZyBorg|Google-HTTP-Java-Client|Apache-HttpClient|http%20client|Python-urllib|
HttpMonitor|TLSProber|WinHTTP|JNLP`.replaceAll('\n', '');
/** Names that are bots where a slash and a number follow. */
const versioned =
  String.raw`008|Altresium|Argus|BaiduMobaider|BoardReader|DNSGroup|DataparkSearch|EDI|Goodzer|Grub|INGRID|Infohelfer|LinkedInBot|LOOQ|Nutch|
PathDefender|Peew|PostPost|Steeler|Twitterbot|VSE|WebCrunch|WebZIP|Y!J-BR[A-Z]|YahooSeeker|envolk|sproose|wminer`.replaceAll('\n', '');
const kinds = '[Aa]rchiver|[Ii]ndexer|[Ss]craper|[Bb]ot|[Ss]pider|[Cc]rawl[a-z]*';

/**
 * What Kong takes for a bot of itself (kong/plugins/bot-detection/rules.lua, after the list of uap-core), without the parts of its
 * expressions that only find out the version.
 */
export const botRules: readonly RegExp[] = [
  /Pingdom.com_bot_version_\d+\.\d|facebookexternalhit\/\d+\.\d|Twitterbot\/\d+\.\d|Google.*\/\+\/web\/snippet/,
  /\/(?:(?:Ant-)?Nutch|[A-z]+[Bb]ot|[A-z]+[Ss]pider|Axtaris|fetchurl|Isara|ShopSalad|Tailsweep)[ -]\d/,
  new RegExp(`(?:${versioned})/\\d`),
  /MSIE \d+\.\d+(?:[a-z]\d?)?;.* MSIECrawler/,
  new RegExp(names),
  new RegExp(`(?:${kinds})[/ ]\\d`),
  // Any bot but a CUBOT, which is a telephone.
  /[Ss][Pp][Ii][Dd][Ee][Rr]|[Ss]crape|[^C][^Uu][Bb]ot|[Cc][Rr][Aa][Ww][Ll]/,
];
