using Microsoft.AspNetCore.Mvc;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>Which page of the list is wanted.</summary>
/// <param name="AfterId">The one that follows this batch.</param>
/// <param name="BeforeId">The one that ends before this batch.</param>
/// <param name="Limit">Entries; null for 20.</param>
internal sealed record PageQuery([FromQuery(Name = "after_id")] string? AfterId, [FromQuery(Name = "before_id")] string? BeforeId, int? Limit);
