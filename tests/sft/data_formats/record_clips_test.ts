import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { DataFile } from "../../../src/sft/data/data_file.ts";
import { givenTimes } from "../../../src/sft/data_formats/values/record_clips.ts";
import { inFolder } from "../../support/temporary_folder.ts";

const FRAMES = ["0.png", "1.png", "2.png", "3.png"];

async function opened(folder: string, record: unknown) {
  const path = join(folder, "a.jsonl");
  await Deno.writeTextFile(path, JSON.stringify(record));
  return await DataFile.open(path);
}

/** Returns messages that hold clips as parts. */
function parts(...clips: object[]) {
  return { messages: [{ role: "user", content: clips.map((clip) => ({ type: "video", ...clip })) }] };
}

const marked = { messages: [{ role: "user", content: "<video><video>" }] };
const llava = { conversations: [{ from: "human", value: "<video>" }, { from: "gpt", value: "!" }] };

Deno.test("clipList and clipValue read the times that records give for frames", () =>
  inFolder(async (folder) => {
    const cases: [Record<string, unknown>, unknown][] = [
      [parts({ video: FRAMES }), undefined],
      [parts({ video: FRAMES, fps: 2 }, { video: FRAMES }), [{ fps: 2 }, null]],
      [parts({ video: FRAMES, sample_fps: "1.5", fps: 24, raw_fps: 1.5 }), [{ fps: 1.5 }]],
      [parts({ video: FRAMES, video_start: 3, video_end: 5 }), [{ fps: 2, start: 3 }]],
      [parts({ video: FRAMES, fps: 2, video_start: 1.5, video_end: 3.4 }), [{ fps: 2, start: 1.5 }]],
      [{ ...parts({ fps: 4 }), videos: [FRAMES] }, [{ fps: 4 }]],
      [{ ...marked, videos: [FRAMES, { frames: FRAMES, fps: 3 }], fps: 2 }, [{ fps: 2 }, { fps: 3 }]],
      [{ ...marked, videos: [FRAMES, FRAMES], sample_fps: [2, null] }, [{ fps: 2 }, null]],
      [{ ...llava, video: FRAMES, fps: 2 }, [{ fps: 2 }]],
      [{ ...llava, video: { video: FRAMES, sample_fps: 2 } }, [{ fps: 2 }]],
      // A record's own hold for clips in parts, too, and a null says nothing.
      [{ ...parts({ video: FRAMES }, { video: FRAMES, fps: 3 }), fps: 2 }, [{ fps: 2 }, { fps: 3 }]],
      [{ ...parts({ video: FRAMES }, {}), videos: [FRAMES], fps: [2, 3] }, [{ fps: 2 }, { fps: 3 }]],
      [parts({ video: { frames: FRAMES }, fps: 2 }), [{ fps: 2 }]],
      [parts({ video: { frames: FRAMES, fps: 3 }, fps: 2, video_start: 1 }), [{ fps: 3, start: 1 }]],
      [{ ...llava, video: FRAMES, fps: 2, raw_fps: 2, video_start: 10, video_end: 12 }, [{
        fps: 2,
        start: 10,
      }]],
      [{ ...llava, video: { frames: FRAMES, video_start: 4 }, video_end: 8 }, [{ fps: 1, start: 4 }]],
      [{ ...llava, video: FRAMES, fps: 2, sample_fps: null, video_start: null }, [{ fps: 2 }]],
      [{ ...marked, videos: [FRAMES, FRAMES], fps: 2, video_start: [1, 5] }, [{ fps: 2, start: 1 }, {
        fps: 2,
        start: 5,
      }]],
    ];
    for (const [record, times] of cases) {
      using file = await opened(folder, record);
      const { sample, json } = await file.read(0);
      assertEquals(sample.clipTimes, times as typeof sample.clipTimes, JSON.stringify(record));
      assertEquals(sample.images.length % FRAMES.length, 0);
      const kept = Object.keys(JSON.parse(json));
      assertEquals(kept.filter((name) => /fps|video_/.test(name)), []);
    }
  }));

Deno.test("givenTimes takes whole numbers as parquet has them", () => {
  const given = givenTimes({ fps: 2n, video_start: 10n, video_end: null }, "here");
  assertEquals(given, { rate: { value: 2, field: "fps" }, start: { value: 10, field: "video_start" } });
});

Deno.test("timedClips names numbers that are none, or that contradict one another", () =>
  inFolder(async (folder) => {
    const at = "messages[0].content[0]";
    const cases: [Record<string, unknown>, string][] = [
      [parts({ video: FRAMES, fps: 0 }), `${at}.fps is 0, expected a number of frames a second, above 0`],
      [parts({ video: FRAMES, fps: "fast" }), `${at}.fps is "fast", expected a number of frames a second`],
      [
        parts({ video: FRAMES, fps: 2, raw_fps: 24 }),
        `${at}.raw_fps is 24, expected 2, as ${at}.fps: the rate`,
      ],
      [parts({ video: FRAMES, video_start: -1 }), `${at}.video_start is -1, expected a number of seconds`],
      [
        parts({ video: FRAMES, video_start: 2, video_end: 2 }),
        `${at}.video_end is 2, expected more than video_start seconds: there are 4 frames`,
      ],
      [
        parts({ video: FRAMES, fps: 2, video_start: 1, video_end: 9 }),
        `${at}.video_end is 9, expected 3 seconds: there are 4 frames`,
      ],
      [
        { ...marked, videos: [FRAMES, FRAMES], fps: [2] },
        "fps is [2], expected a number, or one for each of 2 clips",
      ],
      [
        { ...marked, videos: [FRAMES, FRAMES], fps: 2, video_start: 10 },
        "video_start is 10, expected one for each of 2 clips",
      ],
      [{ ...llava, video: FRAMES, fps: 2, video_end: 9 }, "video_end is 9, expected 2 seconds: there are 4"],
      [{ ...llava, video: { frames: [] } }, 'video is {"frames":[]}, expected the list of a clip\'s frames'],
      [parts({ video: "a.mp4", fps: 2 }), `${at}.video is "a.mp4", expected the list of a clip's frames`],
    ];
    for (const [record, words] of cases) {
      using file = await opened(folder, record);
      const error = await assertRejects(() => file.read(0), VitrailError);
      assertEquals(error.code, "dataset");
      assertEquals(error.message.includes(words), true, `${error.message}\nexpected ${words}`);
    }
  }));
