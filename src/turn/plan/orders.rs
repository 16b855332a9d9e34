//! Order status. Nothing of an order is said unless its own contact was shown: a wrong contact, a missing one and a
//! number that does not exist get the same answer.

use super::{Desk, Focus, fact};
use crate::catalog::orders::{Contact, Lookup, Order, OrderStatus};
use crate::domain::{Part, PlanKind, Value};
use crate::turn::say::tidy;
use crate::turn::understand::Clause;

pub fn status(clause: &Clause, focus: &mut Focus, desk: &Desk<'_>) -> Part {
    if let Some(number) = &clause.order {
        focus.order = Some(number.clone());
    }
    if desk.shop.orders.is_empty() {
        return no_book(desk);
    }
    let contact = focus.contact.clone().map(Contact::Written);
    let vouched = desk.customer.map(|c| Contact::Vouched(c.to_owned()));
    let Some(number) = focus.order.clone() else {
        return without_number(desk, focus);
    };
    for known in vouched.iter().chain(&contact) {
        if let Lookup::Found(order) = desk.shop.orders.look_up(&number, known) {
            return shown(order, desk);
        }
    }
    let tried = vouched.is_some() || clause.contact.is_some();
    let mut part = desk.part(PlanKind::OrderStatus, &[]);
    part.wordable = false;
    fact(&mut part, "query", "order", Value::Text(number.clone()));
    part.prose = if tried {
        // The next try must bring both anew.
        focus.contact = None;
        desk.say.pick(
            format!("I can't find an order {number} under that contact. Please check the number, and the e-mail or phone it was placed with."),
            format!("没有查到该联系方式下的订单 {number}，请核对订单号，以及下单时用的邮箱或手机号。"),
        )
    } else {
        desk.say.pick(
            format!("Happy to look up order {number}. Which e-mail address or phone number was it placed with?"),
            format!("好的，我来查订单 {number}。请告诉我下单时用的邮箱或手机号。"),
        )
    };
    part
}

fn no_book(desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::OrderStatus, &[]);
    part.wordable = false;
    part.prose = desk.say.pick(
        "I can't look up orders here. Shall I fetch a colleague?".into(),
        "我这边查不了订单，需要为您转接同事吗？".into(),
    );
    part
}

fn without_number(desk: &Desk<'_>, focus: &mut Focus) -> Part {
    if let Some(customer) = desk.customer
        && let Some(latest) = desk.shop.orders.of_customer(customer).first()
    {
        focus.order = Some(latest.id.clone());
        return shown(latest, desk);
    }
    let mut part = desk.part(PlanKind::OrderStatus, &[]);
    part.wordable = false;
    part.prose = desk.say.pick(
        "Sure. What is your order number, and the e-mail or phone you ordered with?".into(),
        "好的，请告诉我订单号，以及下单时用的邮箱或手机号。".into(),
    );
    part
}

fn shown(order: &Order, desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::OrderStatus, &[]);
    let mut note = |attribute: &str, value: &str| fact(&mut part, &order.id, attribute, Value::Text(value.to_owned()));
    let id = &order.id;
    let status = match order.status {
        OrderStatus::Pending => ("has been received and is waiting for payment", "已收到，等待付款"),
        OrderStatus::Processing => ("is being prepared and has not shipped yet", "正在备货，还没有发货"),
        OrderStatus::Shipped => ("is on its way", "已发货，正在路上"),
        OrderStatus::Delivered => ("was delivered", "已送达"),
        OrderStatus::Cancelled => ("was cancelled", "已取消"),
        OrderStatus::Returned => ("was returned", "已退货"),
    };
    note("status", status.0);
    note("status", status.1);
    let mut text = desk.say.pick(format!("Order {id} {}", status.0), format!("订单 {id} {}", status.1));
    if let Some(date) = order.delivered.as_ref().filter(|_| order.status == OrderStatus::Delivered) {
        note("delivered", date);
        text.push_str(
            &desk
                .say
                .pick(format!(" on {date}"), format!("，送达日期 {date}"))
                .replace("on ", " on ")
                .replace("  ", " "),
        );
    } else if let Some(date) =
        order.expected.as_ref().filter(|_| matches!(order.status, OrderStatus::Shipped | OrderStatus::Processing))
    {
        note("expected", date);
        text.push_str(&match desk.say.zh() {
            true => format!("，预计 {date} 送达"),
            false => format!(" and is expected on {date}"),
        });
    }
    text.push_str(if desk.say.zh() { "。" } else { "." });
    if let (Some(carrier), Some(tracking)) = (&order.carrier, &order.tracking) {
        note("carrier", carrier);
        note("tracking", tracking);
        if matches!(order.status, OrderStatus::Shipped | OrderStatus::Delivered) {
            text.push_str(&match desk.say.zh() {
                true => format!("承运商 {carrier}，运单号 {tracking}。"),
                false => format!(" {carrier} carries it, tracking number {tracking}."),
            });
        }
    }
    part.prose = tidy(text);
    let mut items = Vec::new();
    for item in &order.items {
        let title = desk.shop.catalog.get(&item.id).map_or(item.title.as_str(), |p| p.title_in(desk.lang()));
        fact(&mut part, id, "item", Value::Text(title.to_owned()));
        let options: Vec<String> = item.options.iter().map(|(n, v)| desk.say.option(n, v)).collect();
        for (name, value) in &item.options {
            fact(&mut part, id, &format!("option:{name}"), Value::Text(value.clone()));
        }
        fact(&mut part, id, "quantity", Value::Count(u64::from(item.quantity)));
        let told = match (options.is_empty(), desk.say.zh()) {
            (true, _) => String::new(),
            (false, true) => format!("（{}）", options.join("、")),
            (false, false) => format!(" ({})", options.join(", ")),
        };
        items.push(tidy(format!("{} × {title}{told}", item.quantity)));
    }
    part.items = items;
    part.sources.push(format!("order:{id}"));
    part.wordable = false;
    part
}
