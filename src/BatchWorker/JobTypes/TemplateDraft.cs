namespace BatchWorker.JobTypes;

/// <summary>A template as it is written down, perhaps in part: what the configuration leaves out is taken from what is shipped.</summary>
internal sealed record TemplateDraft(string? Model = null, string? Endpoint = null, string? Text = null);
