using System.Text.Json;
using BatchWorker.Intake;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>The body of a redelivery, for the API description; <see cref="CallbackBody"/> reads it.</summary>
/// <param name="Filter">Which callbacks; members combine with AND, <c>{}</c> means all that were not delivered.</param>
/// <param name="Max">Most callbacks to send again, the newest first; all are counted.</param>
/// <param name="DryRun">true: only counts.</param>
internal sealed record RedeliverRequest(RedeliverFilterRequest Filter, int? Max = null, bool? DryRun = null);

/// <summary>Which callbacks a redelivery means.</summary>
/// <param name="Status">Comma list of pending, exhausted, disabled.</param>
/// <param name="Host">Host of the receiver, with its port where it is not the usual one.</param>
internal sealed record RedeliverFilterRequest(string? Status = null, string? Host = null);

/// <summary>Reads such a body.</summary>
internal static class CallbackBody
{
    public static readonly DeliveryState[] Undelivered = [DeliveryState.Pending, DeliveryState.Exhausted, DeliveryState.Disabled];
    private const string Filter = "filter";
    private const string Most = "max";
    private const string DryRun = "dry_run";

    public static async Task<(CallbackWish? Wish, Problem? Refusal)> ReadAsync(HttpRequest request)
    {
        var (body, refusal) = await SmallBodies.ReadObjectAsync(request, Filter, Most, DryRun);
        if (refusal is not null)
        {
            return (null, refusal);
        }
        var errors = new List<FieldError>();
        var fields = new BodyFields(body, "", errors);
        if (fields.Find(Filter) is not { ValueKind: JsonValueKind.Object } value)
        {
            fields.Refuse(Filter, "An object is expected; {} means all callbacks that were not delivered.");
            return (null, Problem.Invalid([.. errors]));
        }
        var filter = new BodyFields(value, "/" + Filter, errors);
        filter.Expect("status", "host");
        var wish = new CallbackWish(filter.Words("status", Undelivered, state => state.Wire()), filter.Text("host", "A host is expected."), fields.Number(Most, 1, int.MaxValue), fields.Flag(DryRun));
        return errors.Count > 0 ? (null, Problem.Invalid([.. errors])) : (wish, null);
    }
}
