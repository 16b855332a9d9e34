//! Units of measure as feeds and people write them, in English and Chinese, each with its dimension and its size in
//! the dimension's base unit, so that `1.5 L` and `1500 ml` compare equal.

/// What a unit measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    Mass,
    Length,
    Volume,
    Time,
    Data,
    Power,
    Charge,
    Voltage,
    Pressure,
    Resolution,
    Angle,
    Temperature,
    Ratio,
    Light,
    Sound,
    Zoom,
    Frequency,
    /// Pieces, people, cups: counted things; each word is its own kind.
    Count(&'static str),
}

/// A unit: canonical spelling, dimension, and how many base units it is, as a fraction `per.0 / per.1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    pub name: &'static str,
    pub dimension: Dimension,
    pub size: f64,
}

use Dimension::*;

const fn unit(name: &'static str, dimension: Dimension, size: f64) -> Unit {
    Unit { name, dimension, size }
}

/// Every unit with the forms it is written in, folded. A size of 0 means that the unit cannot be converted.
const UNITS: &[(Unit, &[&str])] = &[
    (unit("g", Mass, 1.0), &["g", "gram", "grams", "gr", "克"]),
    (unit("kg", Mass, 1000.0), &["kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "公斤", "千克"]),
    (unit("lb", Mass, 453.592_37), &["lb", "lbs", "pound", "pounds", "磅"]),
    (unit("oz", Mass, 28.349_523), &["oz", "ounce", "ounces", "盎司"]),
    (unit("jin", Mass, 500.0), &["斤"]),
    (unit("mm", Length, 0.1), &["mm", "millimeter", "millimeters", "millimetre", "millimetres", "毫米"]),
    (unit("cm", Length, 1.0), &["cm", "cms", "centimeter", "centimeters", "centimetre", "centimetres", "厘米", "公分"]),
    (unit("m", Length, 100.0), &["m", "meter", "meters", "metre", "metres", "米"]),
    (unit("km", Length, 100_000.0), &["km", "kilometer", "kilometers", "公里"]),
    (unit("in", Length, 2.54), &["in", "inch", "inches", "\"", "英寸", "寸", "吋"]),
    (unit("ft", Length, 30.48), &["ft", "foot", "feet", "英尺", "尺"]),
    (unit("ml", Volume, 1.0), &["ml", "milliliter", "milliliters", "millilitre", "millilitres", "毫升"]),
    (unit("cl", Volume, 10.0), &["cl"]),
    (unit("L", Volume, 1000.0), &["l", "liter", "liters", "litre", "litres", "lt", "升"]),
    (unit("fl oz", Volume, 29.573_53), &["fl oz", "fluid ounce", "fluid ounces"]),
    (unit("gal", Volume, 3785.41), &["gal", "gallon", "gallons", "加仑"]),
    (unit("s", Time, 1.0), &["sec", "secs", "second", "seconds", "秒"]),
    (unit("min", Time, 60.0), &["min", "mins", "minute", "minutes", "分钟"]),
    (unit("h", Time, 3600.0), &["h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头"]),
    (unit("day", Time, 86_400.0), &["day", "days", "天", "日"]),
    (
        unit("working day", Time, 86_400.0),
        &["working day", "working days", "business day", "business days", "个工作日", "工作日"],
    ),
    (unit("week", Time, 604_800.0), &["week", "weeks", "周", "星期", "个星期"]),
    (unit("month", Time, 2_592_000.0), &["month", "months", "个月", "月"]),
    (unit("year", Time, 31_536_000.0), &["year", "years", "yr", "yrs", "年"]),
    (unit("KB", Data, 0.001), &["kb"]),
    (unit("MB", Data, 1.0), &["mb"]),
    (unit("GB", Data, 1000.0), &["gb", "gig", "gigs", "gigabyte", "gigabytes", "g内存"]),
    (unit("TB", Data, 1_000_000.0), &["tb", "terabyte", "terabytes"]),
    (unit("W", Power, 1.0), &["w", "watt", "watts", "瓦", "瓦特"]),
    (unit("kW", Power, 1000.0), &["kw", "千瓦"]),
    (unit("mAh", Charge, 1.0), &["mah", "毫安", "毫安时"]),
    (unit("Wh", Charge, 0.0), &["wh"]),
    (unit("V", Voltage, 1.0), &["v", "volt", "volts", "伏"]),
    (unit("bar", Pressure, 1.0), &["bar", "bars", "巴"]),
    (unit("MP", Resolution, 1.0), &["mp", "megapixel", "megapixels", "百万像素"]),
    (unit("p", Resolution, 0.0), &["p"]),
    (unit("K", Resolution, 0.0), &["k"]),
    (unit("°", Angle, 1.0), &["degree", "degrees", "deg", "°", "度"]),
    (unit("°C", Temperature, 1.0), &["°c", "celsius", "摄氏度", "℃"]),
    (unit("°F", Temperature, 1.0), &["°f", "fahrenheit", "华氏度"]),
    (unit("%", Ratio, 1.0), &["%", "percent", "per cent", "％"]),
    (unit("lm", Light, 1.0), &["lm", "lumen", "lumens", "流明"]),
    (unit("dB", Sound, 1.0), &["db", "decibel", "decibels", "分贝"]),
    (unit("x", Zoom, 1.0), &["x", "times", "倍"]),
    (unit("Hz", Frequency, 1.0), &["hz", "hertz", "赫兹"]),
    (unit("kHz", Frequency, 1000.0), &["khz"]),
    (unit("cup", Count("cup"), 1.0), &["cup", "cups", "杯"]),
    (unit("person", Count("person"), 1.0), &["person", "persons", "people", "人", "个人", "man", "berth"]),
    (unit("piece", Count("piece"), 1.0), &["piece", "pieces", "pc", "pcs", "件", "块", "片", "件套"]),
    (unit("tog", Count("tog"), 1.0), &["tog"]),
];

/// The unit a folded word or symbol stands for.
pub fn parse(form: &str) -> Option<Unit> {
    UNITS.iter().find(|(_, forms)| forms.contains(&form)).map(|(unit, _)| *unit)
}

/// The longest unit that `rest` begins with, and how many bytes it takes. A unit in letters must not run on into
/// more letters (`5 in` but not `5 installments`).
pub fn prefix(rest: &str) -> Option<(Unit, usize)> {
    let mut best: Option<(Unit, usize)> = None;
    for (unit, forms) in UNITS {
        for form in *forms {
            if !rest.starts_with(form) || best.is_some_and(|(_, len)| len >= form.len()) {
                continue;
            }
            let after = rest.get(form.len()..).and_then(|r| r.chars().next());
            let latin = form.chars().next_back().is_some_and(|c| c.is_ascii_alphabetic());
            if latin && after.is_some_and(|c| c.is_ascii_alphanumeric()) {
                continue;
            }
            best = Some((*unit, form.len()));
        }
    }
    best
}
