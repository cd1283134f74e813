//! Who the caller is and what they may do.

use architrave_plan::refuses_outright;

use super::{Engine, Failure, ReadReply, ReadRequest};
use crate::{
    Caller,
    query::Bad,
    show::{list_etag, scalar},
};

impl Engine {
    pub(super) fn read_me(
        &self,
        request: &ReadRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Result<ReadReply, Failure> {
        let mut bad = Bad::default();
        request.query.iter().for_each(|(name, _)| bad.unknown(name));
        bad.into_result()?;
        let start = out.len();
        self.write_me(request.caller, out);
        let etag = list_etag(out.get(start..).unwrap_or_default());
        Ok(ReadReply { etag: Some(etag), ..ReadReply::default() })
    }

    fn write_me(&self, caller: &Caller, out: &mut Vec<u8>) {
        for (index, (name, id)) in
            [("id", caller.id), ("user", caller.user), ("tenant", caller.tenant)]
                .into_iter()
                .enumerate()
        {
            out.push(if index == 0 { b'{' } else { b',' });
            scalar::write_text(out, name);
            out.push(b':');
            match id {
                Some(id) => scalar::write_uuid(out, &id),
                None => scalar::write_null(out),
            }
        }
        out.extend_from_slice(b",\"is_authenticated\":");
        scalar::write_bool(out, caller.class.is_authenticated);
        out.extend_from_slice(b",\"is_system\":");
        scalar::write_bool(out, caller.class.is_system);
        out.extend_from_slice(b",\"roles\":");
        let declared = self.prepared.plan.system.identity.roles.iter().enumerate();
        let roles = declared.filter(|(bit, _)| {
            let bit = u32::try_from(*bit).ok().and_then(|it| 1_u64.checked_shl(it));
            bit.is_some_and(|bit| caller.class.roles & bit != 0)
        });
        write_texts(out, roles.map(|(_, it)| it.as_str()));
        out.extend_from_slice(b",\"scopes\":");
        write_texts(out, caller.scopes.iter().map(String::as_str));
        out.extend_from_slice(b",\"operations\":");
        let plan = &self.prepared.plan;
        let operations = plan.operations.iter();
        let offered = operations.filter(|it| !refuses_outright(plan, it, &caller.class));
        write_texts(out, offered.map(|it| it.name.as_str()));
        out.push(b'}');
    }
}

fn write_texts<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'a str>) {
    out.push(b'[');
    for (index, text) in texts.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        scalar::write_text(out, text);
    }
    out.push(b']');
}
