using BatchWorker.Control;
using BatchWorker.Settings;

namespace BatchWorker.Cli.Doctor;

/// <summary>Whether the directories can be written and their disks have room.</summary>
internal static class PlaceCheck
{
    public static IEnumerable<Finding> Run(DaemonSettings settings)
    {
        yield return Look("data directory", settings.DataDirectory);
        if (settings.ResultDirectory is { } results && !results.StartsWith(settings.DataDirectory, StringComparison.Ordinal))
        {
            yield return Look("result directory", results);
        }
    }

    private static Finding Look(string check, string path)
    {
        try
        {
            var there = Nearest(path);
            if (Directory.Exists(path))
            {
                using var probe = new FileStream(Path.Combine(path, ".doctor"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            var free = new DriveInfo(there).AvailableFreeSpace;
            var detail = $"{path}{(Directory.Exists(path) ? "" : " (is made at the start)")}, {free >> 20:N0} MiB free";
            return free < DataDisk.Least ? Finding.Warn(check, detail + ": too little, nothing is submitted without room") : Finding.Ok(check, detail);
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(check, $"{path} can not be written: {closed.Message}");
        }
    }

    private static string Nearest(string path)
    {
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } above)
        {
            path = above;
        }
        return path;
    }
}
