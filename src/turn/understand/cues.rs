//! The words by which a question shows what it asks for, in both languages. A table, matched in one pass; what it
//! does not know, the classifier decides.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// What a phrase in a message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cue {
    Price,
    Stock,
    Options,
    HowMany,
    Versions,
    Products,
    Cheapest,
    Dearest,
    Cheaper,
    Dearer,
    Compare,
    Between,
    Show,
    Recommend,
    Similar,
    GoesWith,
    Info,
    Overview,
    Have,
    Negation,
    Except,
    Or,
    Pronoun,
    Same,
    Other,
    WhatAbout,
    Under,
    Over,
    About,
    Range,
    Order,
    Buy,
    Human,
    Complaint,
    Haggle,
    Greeting,
    Thanks,
    Bye,
    Bot,
    Affirm,
    Deny,
    Inject,
    Harm,
    Shipping,
    Returns,
    Warranty,
    Payment,
    Hours,
    Privacy,
    WholeShop,
}

/// A cue and where it stands in the folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub cue: Cue,
    pub range: Range<usize>,
}

/// `|` separates phrases. Latin phrases match whole words only.
const TABLE: &[(Cue, &str)] = &[
    (
        Cue::Price,
        "how much|how mutch|hw much|howmuch|price|prices|priced|pricing|pirce|prise|prcie|cost|costs|cots|costing|what does it run|\
        moneywise|damage|set me back|worth|going rate|fee|charge for|expensive is|pay for|asking for|ask for the|\
        多少钱|多少錢|啥价|价格|价钱|價格|售价|怎么卖|咋卖|多钱|几多钱|几钱|价位|报价|贵不贵|多少银子|多少米|要多少|卖多少|什么价|报个价|多少元|多少块|几块钱|花多少|价是多少|标价|多少刀|多贵|得花|贵吗|便宜吗|多少美元|多少美金",
    ),
    (
        Cue::Stock,
        "in stock|instock|in-stock|out of stock|stock|stocked|available|availability|avail|sold out|left|still have|still sell|can i get|can i still|\
        get hold of|on hand|get my hands on|able to order|can buy|can i buy|buy now|ready to ship|buyable|purchasable|can i order|gone|restock|back in|to be had|up for grabs|\
        有货|有现货|现货|缺货|库存|断货|卖完|还有没有|还有吗|还有么|还有货|没货|售罄|无货|能买到|买得到|能买吗|可以买吗|在售|还卖|还剩|脱销|补货|可买|能下单|能不能买|有的卖|有卖吗|剩|能订|买不买得到|拿到货",
    ),
    (
        Cue::Options,
        "what colors|what colours|which colors|which colours|what sizes|which sizes|options|choices|come in|comes in|what kinds|which kinds|\
        what types|what versions|which versions|variations|variants are|what variants|on offer|offered in|available in which|choose from|pick from|\
        selection of|range of|different|what do you have in|lineup|\
        有哪些|哪几样|啥配置|什么配置|可以挑|能挑|哪些颜色|什么颜色|哪几种|哪几款|有几种|可选|选项|都有什么|有什么颜色|有什么尺|有啥|哪些尺|哪些款|哪些|选择|什么选|都有啥|有什么样|都什么|什么尺码|什么材质|什么型号|可以选|能选|分哪|几种选|多少种选|哪种",
    ),
    (
        Cue::HowMany,
        "how many|howmany|how mny|number of|count of|total number|多少种|几种|多少款|几款|多少个|几个|多少件|数量|总共有多少|一共有多少|一共多少|共多少|多少样|几样|多少|总数|几类|多少类",
    ),
    (
        Cue::Versions,
        "versions|version|variants|variant|variations|variation|configurations|configuration|configs|skus|sku|models|kinds|types|flavors|flavours|styles|combinations|\
        版本|款式|规格|型号|配置|变体|组合|种类|种款|款|sku",
    ),
    (
        Cue::Products,
        "products|product|items|item types|things|articles|goods|product types|商品|产品|东西|货品|品类|品种",
    ),
    (
        Cue::Cheapest,
        "cheapest|lowest-cost|cheapo|go as low as|least pricey|rock bottom|rock-bottom|entry price|budget-friendliest|lowest cost|cheapest one|floor price|bottom end|least costly|minimum spend|minimum i'd|minimum i would|how low does|how low do|as little as|cheepest|chepest|least expensive|lowest price|lowest priced|lowest-priced|most affordable|lowest cost|low end|low-end|entry level|entry-level|bottom price|\
        minimum price|least i can|least i could|least money|smallest price|starting price|start at|starts at|starts from|starting from|go for the least|lowest|budget option|most budget|\
        最便宜|最省|价位最低|最低价位|多少起|至少多少钱|最少多少钱|至少要多少|最低消费|门槛价|便宜到|最低价|价格最低|最实惠|最低的|最低多少|最省钱|起价|最少要|最划算|便宜点的是哪|价钱最低|最平|起步价|最低",
    ),
    (
        Cue::Dearest,
        "most expensive|costs the most|top of the range|upper end|highest you go|most i could|maximum i could|most costly|top priced|top-priced|biggest price|steepest|how much at most|at most how much|flagship|ceiling|cost the most|how expensive can|whats the max|what's the max|how high does|dearest|priciest|highest price|highest priced|highest-priced|top price|costliest|most costly|maximum price|most pricey|top end|top-end|high end one|\
        the most i can spend|highest|most luxurious|fanciest|\
        最贵|贵到|顶价|最高端|价格上限|价位最高|最高价位|至多多少|最多多少钱|最高要多少|天花板|价格最高|最高价|最高的|最昂贵|最高多少|价钱最高|顶配|最豪华|最高",
    ),
    (
        Cue::Cheaper,
        "cheaper|less expensive|lower price|costs less|cost less|less money|more affordable|better price|便宜些|更便宜|便宜一点|便宜点|哪个便宜|谁便宜|谁更便宜|哪个更实惠|比较便宜|便宜",
    ),
    (Cue::Dearer, "pricier|more expensive|dearer|costs more|cost more|更贵|哪个贵|谁贵|贵一点|比较贵"),
    (
        Cue::Compare,
        "compare|comparison|difference|differences|differ|versus|vs|vs.|v.s.|compared|side by side|which is better|which one is better|stack up|against|or the|\
        对比|比较|比一下|比一比|区别|差别|不同|哪个好|哪个更|哪一个更|相比|差多少|和哪个|还是",
    ),
    (Cue::Between, "between|介于|之间"),
    (
        Cue::Show,
        "show me|show|list|looking for|look for|searching for|search|find me|find|i want|i need|i'd like|i would like|need a|want a|after a|browse|got any|any|in the market for|hunting for|gimme|give me|which|what|\
        我要|我想要|我想买|想买|想要|想找|找一|找个|找款|有没有|求|搜|看看|来个|来一|给我找|列出|列一下|推荐个|需要|哪款|哪些",
    ),
    (
        Cue::Recommend,
        "recommend|recommendation|recommendations|suggest|suggestion|suggestions|advise|advice|gift|gifts|present for|what should i|which should i|help me choose|help me pick|good for|best for|ideas|ideal for|what would you|\
        推荐|建议|安利|介绍几|送礼|礼物|选哪|帮我选|帮我挑|哪个适合|适合什么|该买|买哪|怎么选|种草",
    ),
    (
        Cue::Similar,
        "similar|alternative|alternatives|like this|like that|something like|instead of|comparable|same kind|类似|相似|差不多的|替代|平替|同类",
    ),
    (
        Cue::GoesWith,
        "goes with|go with|goes well|go well|goes nicely|pairs well|would suit it|pair with|pairs with|accessories|accessory|add-on|go together|matching|to go along|搭配|配件|配什么|配套|一起买",
    ),
    (
        Cue::Info,
        "tell me about|rundown|lowdown|the scoop on|walk me through|tell me more|more about|info on|info about|information|details|detail|describe|description|specs|spec|specifications|what is the|what's the|more info|overview of|know about|\
        介绍一下|介绍下|介绍|详情|详细|了解一下|了解|说说|讲讲|参数|规格参数|怎么样|咋样|什么样",
    ),
    (
        Cue::Overview,
        "what do you sell|what do u sell|what do you have|what can i buy|what products do you|what kind of products|what kinds of products|what sort of things|what kind of stuff|categories|your range|your catalog|your catalogue|what's in your shop|what stuff do you|\
        你们卖什么|卖什么|卖啥|都卖|有什么商品|有哪些商品|有什么产品|有哪些产品|什么东西卖|经营什么|有什么卖|卖些什么|店里有什么|店里都有|有些什么",
    ),
    (
        Cue::Have,
        "do you have|do u have|you have|have you got|do you sell|do u sell|you sell|do you carry|carry|do you stock|you got|u got|got any|is there|are there|does it come|does it have|can i find|sell|selling|sells|offer|\
        有没有|有木有|有吗|有么|卖不卖|有卖|卖吗|有无|是否有|有|卖",
    ),
    (
        Cue::Negation,
        "not|isn't|isnt|no|non|without|w/o|don't want|dont want|don't like|nothing|never|不要|不是|没有|无|非|不带|不含|不想要|别|不",
    ),
    (
        Cue::Except,
        "except|other than|anything but|apart from|besides|excluding|but not|rather than|not in|aside from|除了|除开|不算|以外|之外|排除|别的",
    ),
    (Cue::Or, "or|还是|或者|或"),
    (
        Cue::Pronoun,
        "it|its|it's|that|this|that one|this one|they|them|these|those|the one|the same one|him|她|它|这个|那个|这款|那款|该款|这件|那件|这双|那双|它们|这些|那些|这台|那台|这种|那种|此款|刚才|刚刚|前面|这俩|那俩|两者|这两个|那两个|这两款|那两款",
    ),
    (Cue::Same, "same|again|一样|同样|同款"),
    (Cue::Other, "the other|other one|another one|other ones|另一个|另一款|另外一个|另外那|另外一款|另一种"),
    (
        Cue::WhatAbout,
        "what about|how about|how bout|and the|and in|and for|and what|and how|what if|呢|那么|那|换成|如果是|要是|改成",
    ),
    (
        Cue::Under,
        "under|below|less than|lower than|cheaper than|up to|at most|max|maximum|no more than|not more than|within|beneath|budget|or less|<|<=|underneath|not over|not exceed|doesn't exceed|smaller than|lighter than|can spend|to spend|\
        以下|以内|低于|少于|不超过|不要超过|不得超过|不高于|最多|不到|之内|小于|便宜于|预算|内的|不能超过|别超过|封顶|轻于",
    ),
    (
        Cue::Over,
        "over|above|more than|at least|higher than|greater than|min|minimum|no less than|starting from|upwards of|exceeding|or more|>|>=|pricier than|larger than|bigger than|heavier than|\
        以上|高于|大于|多于|超过|至少|不低于|不少于|起码|贵于|起",
    ),
    (Cue::About, "around|about|approximately|roughly|circa|~|somewhere near|左右|大概|大约|上下|差不多"),
    (Cue::Range, "to|-|~|到|至"),
    (
        Cue::Order,
        "my order|order number|order status|order no|tracking|track|where is my|where's my|wheres my|my package|my parcel|my delivery|hasn't arrived|not arrived|when will my|my purchase|order #|shipped yet|has my|status of order|when does my|order arrive|\
        我的订单|订单号|订单|物流|快递到|快递单|我的包裹|包裹|到哪了|发货了吗|发货没|什么时候到|我买的|我订的|查单|没收到|还没到",
    ),
    (
        Cue::Buy,
        "i'll take|ill take|reserve one|reserve it|hold one for me|keep one for me|buy it|buy this|buy that|want to buy|like to buy|purchase|add to cart|add it to|checkout|check out|place an order|order one|to order|get one|buy one|i'd like to order|\
        买了|给我留|预留|留一个|下单|购买|我要买|加入购物车|加购物车|加购|结账|拍下|怎么买|要一个|来一个|想订|我要了|我买",
    ),
    (
        Cue::Human,
        "human|real person|live person|actual person|agent|representative|talk to someone|speak to someone|speak with someone|talk to a person|speak to a person|a person|customer service|support team|manager|supervisor|operator|someone real|real human|call me|escalate|staff member|colleague|\
        人工|真人|客服|转人工|找人|活人|经理|主管|投诉部|专员|店员|老板|工作人员",
    ),
    (
        Cue::Complaint,
        "complaint|complain|angry|furious|terrible|awful|horrible|worst|useless|ridiculous|unacceptable|disappointed|disgusted|scam|rip off|ripoff|broken|damaged|defective|wrong item|faulty|fed up|sick of|lawsuit|sue you|never again|waste of|pissed|crap|garbage shop|\
        投诉|垃圾|骗子|生气|愤怒|差评|坏了|破损|质量差|太差|无语|受不了|气死|欺骗|骗人|发错|坑人|烂|什么破|失望|举报|起诉|忍无可忍",
    ),
    (
        Cue::Haggle,
        "discount|discounts|coupon|coupons|promo|promo code|voucher|deal|deals|bargain|haggle|cheaper for me|lower the price|knock off|price match|match the price|best price you|better deal|do better|% off|percent off|half price|on sale|sale price|special offer|student price|bulk|final price|last price|for free|free of charge|throw in|giveaway|negotiate|negotiable|\
        打折|折扣|优惠|便宜点吧|便宜点呗|能便宜|可以便宜|少点|少一点|砍价|讲价|抹零|优惠券|券|促销|特价|减价|降价|满减|活动价|送我|白送|免费|打几折|还价|再低|最低给|半价|批发价|学生价|议价",
    ),
    (
        Cue::Greeting,
        "hi|hello|hey|hiya|heya|yo|good morning|good afternoon|good evening|greetings|howdy|hullo|morning|evening|你好|您好|哈喽|嗨|早上好|下午好|晚上好|在吗|在么|在不在|哈啰|早安|hello啊|亲|有人吗",
    ),
    (
        Cue::Thanks,
        "thanks|thank you|thank u|thx|ty|cheers|much appreciated|appreciate it|谢谢|多谢|谢啦|感谢|谢了|3q|辛苦了|谢",
    ),
    (
        Cue::Bye,
        "bye|goodbye|good bye|see you|see ya|cya|later|good night|have a nice day|再见|拜拜|拜|回见|晚安|下次见|88",
    ),
    (
        Cue::Bot,
        "are you a bot|are you a robot|are you human|are you real|are you an ai|are you ai|who are you|what are you|your name|who made you|how are you|how's it going|how are things|what can you do|how old are you|tell me a joke|joke|do you like|are you chatgpt|你是谁|你是机器人|你是真人|你是人|你叫什么|你是ai|你会什么|你能做什么|你几岁|讲个笑话|笑话|你好吗|谁开发|谁做的你|机器人吗",
    ),
    (
        Cue::Affirm,
        "yes|yep|yeah|yup|sure|ok|okay|right|correct|exactly|of course|please do|sounds good|好的|好|可以|行|对|是的|没错|嗯|嗯嗯|要的|是",
    ),
    (
        Cue::Deny,
        "no thanks|nope|nah|no thank you|not really|never mind|nevermind|forget it|不用|不要了|不了|算了|不需要|没事了|没有了",
    ),
    (
        Cue::Inject,
        "ignore your|ignore all|ignore previous|ignore the|ignore any|ignore every|disregard|forget your|forget all|forget previous|forget everything|system prompt|your prompt|your instructions|your rules|previous instructions|new instructions|developer mode|dev mode|debug mode|admin mode|sudo|jailbreak|dan mode|you are now|you're now|act as|pretend|roleplay|role play|role-play|from now on|repeat after me|say exactly|respond only|reply only|output only|print your|reveal your|<|im_start|im_end|system:|assistant:|[system]|[inst]|override|overwrite|update the price|set the price|change the price|base64|as an ai|simulate|hypothetically|word for word|verbatim|translate the following|\
        忽略|无视|忘记你|忘掉|系统提示|提示词|你的指令|你的规则|开发者模式|调试模式|管理员模式|你现在是|扮演|假装|假设你|从现在开始|跟我念|重复我|照着说|只回复|只输出|越狱|覆盖|改成1|改价|把价格|系统消息|角色扮演|原样|复述",
    ),
    (
        Cue::Harm,
        "bomb|explosive|explosives|weapon|weapons|gun|firearm|poison|kill|murder|suicide|kill myself|hurt myself|hack|hacking|malware|virus code|cocaine|heroin|meth|drugs|counterfeit|fake id|steal|launder|child porn|porn|nude|naked|terrorist|炸弹|炸药|枪|武器|毒药|毒品|杀人|自杀|自残|黑客|木马|假证|偷|洗钱|色情|裸照|恐怖袭击|冰毒|海洛因",
    ),
    (
        Cue::Shipping,
        "shipping|ship|ships|delivery|deliver|delivered|postage|shipping cost|how long does it take|arrive|express|abroad|international|courier|overseas|配送|运费|发货|快递|邮费|几天到|多久到|送货|包邮|寄到|海外|国际|送到|运送|物流费|发什么快递|寄",
    ),
    (
        Cue::Returns,
        "return|returns|returned|send something back|send them back|sending back|returnable|refundable|non-refundable|refund|refunds|money back|exchange|send back|send it back|swap|returning|bring back|退货|退款|换货|退换|退钱|七天无理由|退回|能退|可以退|退掉|换一个|退",
    ),
    (
        Cue::Warranty,
        "warranty|guarantee|guaranteed|guarantees|warranties|repair|repairs|保修|质保|保质期|三包|维修|保固|坏了怎么办|修",
    ),
    (
        Cue::Payment,
        "payment|pay by|pay with|paypal|credit card|credit cards|visa|mastercard|apple pay|google pay|klarna|installments|instalments|invoice|gift card|how can i pay|ways to pay|cash on delivery|bitcoin|crypto|比特币|加密货币|alipay|wechat pay|支付|付款|信用卡|支付宝|微信支付|微信付|分期|发票|货到付款|怎么付|花呗|礼品卡|刷卡|银行卡",
    ),
    (
        Cue::Hours,
        "opening hours|physical store|brick and mortar|showroom|实体店|门店|线下店|open|opening times|business hours|working hours|when are you|what time|closed|close|closing|weekend|weekends|sunday|saturday|holiday|holidays|几点|营业时间|上班|周末|开门|关门|营业|工作时间|节假日|周六|周日|星期天",
    ),
    (
        Cue::Privacy,
        "privacy|personal data|my data|gdpr|ccpa|delete my|data protection|cookies|store my|隐私|个人信息|我的数据|个人数据|数据安全|删除我的|信息安全",
    ),
    (
        Cue::WholeShop,
        "whole shop|whole store|entire shop|entire store|in the shop|in the store|in your shop|in your store|of everything|overall|across the|across your|site-wide|on the site|you sell|you've got|you have in total|all products|everything you|in total|altogether|\
        全店|整个店|店里|你们店|你家店|所有商品|全部商品|全场|所有产品|总共|一共|店铺|你们这|你们家|全部",
    ),
];

static MATCHER: LazyLock<(Option<AhoCorasick>, Vec<Cue>)> = LazyLock::new(|| {
    let (mut phrases, mut cues) = (Vec::new(), Vec::new());
    for (cue, row) in TABLE {
        for phrase in row.split('|').map(str::trim).filter(|p| !p.is_empty()) {
            phrases.push(phrase);
            cues.push(*cue);
        }
    }
    (AhoCorasick::builder().match_kind(MatchKind::Standard).build(phrases).ok(), cues)
});

/// Every cue in a folded text, also overlapping ones; a cue inside a longer one of the same kind is dropped.
pub fn find(folded: &str) -> Vec<Found> {
    let Some(matcher) = &MATCHER.0 else { return Vec::new() };
    let mut found: Vec<Found> = Vec::new();
    for hit in matcher.find_overlapping_iter(folded) {
        let range = hit.start()..hit.end();
        if !whole_word(folded, &range) {
            continue;
        }
        if let Some(cue) = MATCHER.1.get(hit.pattern().as_usize()) {
            found.push(Found { cue: *cue, range });
        }
    }
    let all = found.clone();
    found.retain(|f| {
        !all.iter().any(|o| {
            o.cue == f.cue
                && o.range.len() > f.range.len()
                && o.range.start <= f.range.start
                && f.range.end <= o.range.end
        })
    });
    // 超过 in 不超过 says the opposite of what stands there.
    let inside = |f: &Found, o: &Found| {
        o.range.len() > f.range.len() && o.range.start <= f.range.start && f.range.end <= o.range.end
    };
    found.retain(|f| {
        let other = match f.cue {
            Cue::Over => Cue::Under,
            Cue::Under => Cue::Over,
            _ => return true,
        };
        !all.iter().any(|o| o.cue == other && inside(f, o))
    });
    found.sort_by_key(|f| (f.range.start, f.range.end));
    found.dedup();
    found
}

fn whole_word(text: &str, range: &Range<usize>) -> bool {
    let inside = text.get(range.clone()).unwrap_or_default();
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let after = text.get(range.end..).and_then(|t| t.chars().next());
    !(latin(inside.chars().next()) && latin(before) || latin(inside.chars().next_back()) && latin(after))
}

/// The Latin words of the table: they are right spellings.
pub fn words() -> impl Iterator<Item = &'static str> {
    TABLE
        .iter()
        .flat_map(|(_, row)| row.split('|'))
        .flat_map(|p| p.split(|c: char| !c.is_ascii_alphabetic()))
        .filter(|w| w.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_cues_are_whole_words_and_chinese_ones_need_no_spaces() {
        let cues = |t: &str| find(t).into_iter().map(|f| f.cue).collect::<Vec<_>>();
        assert!(cues("how much is it").contains(&Cue::Price));
        assert!(!cues("accosted").contains(&Cue::Price));
        assert!(cues("这个多少钱").contains(&Cue::Price));
        assert!(cues("最便宜的帐篷").contains(&Cue::Cheapest));
    }
}
